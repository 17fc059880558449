import torch


def cross_entropy(logits: torch.Tensor, targets: torch.Tensor, ignore: int = -100) -> tuple[torch.Tensor, torch.Tensor]:
    shifted = logits - logits.amax(dim=1, keepdim=True)
    log_probs = shifted - shifted.exp().sum(dim=1, keepdim=True).log()

    (rows,) = torch.where(targets != ignore)
    loss = -log_probs[rows, targets[rows]].mean()

    # d loss_i / d z_i = softmax(z_i) - onehot(t_i); the mean divides it by the number of rows that count.
    grad = log_probs.exp() * (targets != ignore)[:, None]
    grad[rows, targets[rows]] -= 1
    return loss, grad / len(rows)
