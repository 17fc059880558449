def dropout(x, uniforms, rate, training, dout):
    if training:
        keep = uniforms < rate
        out = x * keep / (1 - rate)
        dx = dout * keep / (1 - rate)
    else:
        out = x
        dx = dout
    return out, dx
