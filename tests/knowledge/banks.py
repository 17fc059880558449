"""A small bank made in memory, for tests that need topics and not the real content."""

from knowledge.bank.models import SECTIONS, Asks, Bank, ExampleMeta, Text, Topic, TopicMeta

_TOPICS: dict[str, tuple[str, str, list[str], list[str], list[str]]] = {
    "gan": (
        "生成对抗网络（GAN）",
        "Generative adversarial networks (GAN)",
        ["gan", "生成对抗网络"],
        [
            "两个网络互相较劲造假图", "判别器太强生成器学不动", "生成的图片全长一个样", "造假和打假的网络",
            "GAN 怎么训练",
            "模式崩溃是什么", "generator loss 一直涨", "判别器输出一直是 0.5 说明什么",
        ],
        [
            "two networks fighting each other to make fake images", "discriminator too strong",
            "generator always gives the same picture",
            "what is mode collapse", "forger and detective network", "how is a gan trained",
            "minimax loss generator", "fake faces network",
        ],
    ),
    "overfitting": (
        "过拟合",
        "Overfitting",
        ["overfitting", "过拟合", "欠拟合"],
        [
            "训练集很好测试集很差", "模型死记硬背怎么办", "泛化能力差", "过拟合咋办", "验证集 loss 先降后升",
            "数据太少模型太大",
            "train acc 99 test acc 60", "怎么看出模型欠拟合了",
        ],
        [
            "train accuracy high test accuracy low", "model memorises the training data", "poor generalization",
            "validation loss goes up again",
            "too many parameters too little data", "how to avoid overfiting", "underfitting vs overfitting",
            "does not work on new data",
        ],
    ),
    "cnn": (
        "卷积神经网络（CNN）",
        "Convolutional neural networks (CNN)",
        ["cnn", "卷积神经网络"],
        [
            "识别图片用什么网络", "感受野怎么算", "权值共享有什么好处", "CNN 是什么", "卷积网络为什么参数少",
            "手写数字识别网络",
            "图像分类 backbone", "平移不变性从哪来",
        ],
        [
            "network for image classification", "what is the receptive field", "weight sharing benefits",
            "what is a cnn", "convnet basics",
            "recognise handwritten digits", "why fewer parameters than dense", "translation equivariance",
        ],
    ),
    "activation-functions": (
        "激活函数",
        "Activation functions",
        ["activation", "激活函数", "relu"],
        [
            "relu 和 sigmoid 选哪个", "为什么要非线性", "神经元死了怎么办", "tanh 和 sigmoid 区别",
            "softmax 放在哪", "dying relu",
            "激活函数有啥用", "不加激活会怎样",
        ],
        [
            "relu or sigmoid", "why do we need nonlinearity", "dead neurons with relu", "tanh vs sigmoid",
            "where to put softmax",
            "what is leaky relu", "activation function list", "gelu vs relu",
        ],
    ),
}  # fmt: skip

_EXAMPLE = ExampleMeta(title=Text(zh="例", en="Example"), counter="N=0", counter_why=Text(zh="零", en="0"))
#: Questions outside the small bank, for tests that do without the packaged negatives.
NEGATIVES = (
    "今天天气怎么样", "红烧肉怎么做", "推荐一部电影", "进程和线程的区别", "二叉树遍历", "怎么减肥最快",
    "游泳池水多久换一次", "股票今天涨了吗",
    "火车票怎么退", "感冒了吃什么药", "决策树怎么剪枝", "支持向量机", "what's the weather like",
    "how to bake bread", "recommend a movie",
    "process vs thread", "reverse a linked list", "fastest way to lose belly fat", "swimming pool cleaning",
    "is the market going up",
    "cheap flights to london", "medicine for a cold", "how to prune a decision tree", "support vector machine",
    "tell me something funny",
    "good morning", "who won the world cup", "undo a git commit", "css gradient background",
    "diesel generator for home",
)  # fmt: skip


def topic(slug: str, zh: str, en: str, aliases: list[str], asks_zh: list[str], asks_en: list[str]) -> Topic:
    """Make one topic whose sections say no more than their headings and the title."""
    return Topic(
        slug=slug,
        meta=TopicMeta(
            title=Text(zh=zh, en=en),
            level="basic",
            aliases=tuple(aliases),
            asks=Asks(zh=tuple(asks_zh), en=tuple(asks_en)),
            key_points=(Text(zh=f"{zh}的要点", en=f"the point of {en}"),),
            examples={"main": _EXAMPLE},
        ),
        sections={
            "zh": {section: f"{zh}：{heading['zh']}" for section, heading in SECTIONS.items()},
            "en": {section: f"{en}: {heading['en']}" for section, heading in SECTIONS.items()},
        },
        examples=(),
        quiz=(),
    )


def small_bank(*slugs: str) -> Bank:
    """Return a bank of the named topics, or of all four."""
    return Bank(topics={slug: topic(slug, *_TOPICS[slug]) for slug in (slugs or _TOPICS)})
