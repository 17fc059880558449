"""Small talk, which asks nothing of the bank: hello, thanks, goodbye, help, who are you, ok.

    text → small_talk → SmallTalk, or None for everything with a word in it that is more than that

A message counts when it consists of such words and nothing else: `thanks, what is dropout?` is a question.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import cache
from typing import Literal

from bot.study.phrasing import Phrases, plain, spoken_in
from knowledge.bank.models import Lang

SmallTalkKind = Literal["help", "who", "greeting", "thanks", "bye", "ok"]

#: No longer message is nothing but that.
_LONGEST = 80

#: Words that say it alone. Of several kinds in a message the first in this order answers: "hi, thanks, help" is help.
_SAID: dict[SmallTalkKind, str] = {
    "help": """
        help | help me | can you help | can you help me | could you help me | i need help | need help
        need some help
        what can you do | what can i do | what can i ask | what can i ask you | what do you do
        what do you know
        how do you work | how do i use you | how to use you
 what are you for | commands | menu | manual
        帮助 | 帮帮我 | 帮我 | 帮个忙 | 帮一下 | 求助 | 请帮帮我 | 使用说明
        你能做什么 | 你能干什么 | 你能干嘛 | 你能干啥 | 你会什么 | 你会啥 | 你会做什么 | 你有什么功能
        有什么功能 | 有哪些功能 | 你可以做什么
        你能帮我什么 | 能帮我吗 | 可以帮我吗 | 我能问什么 | 可以问什么 | 能问什么 | 命令 | 菜单 | 指令
        幫助 | 幫幫我 | 幫我 | 你能做什麼 | 你會什麼 | 你會做什麼 | 使用說明 | 指令
    """,
    "who": """
        who are you | what are you | who r u | whats your name | what is your name
 your name | introduce yourself | tell me about yourself | are you a bot | are you a robot
        are you human | are you an ai | are you real | are you chatgpt | who made you
        你是谁 | 你谁 | 你叫什么 | 你叫什么名字 | 你的名字 | 你是什么 | 你是机器人吗 | 你是人吗 | 你是真人吗
        你是ai吗 | 你是啥
        介绍一下你自己 | 自我介绍 | 介绍下自己 | 介绍一下自己 | 你是chatgpt吗
        你是誰 | 你叫什麼 | 你叫什麼名字 | 你是什麼 | 你是機器人嗎 | 介紹一下你自己
    """,
    "greeting": """
        hi | hii | heyy | hello | hey | hiya | heya | hallo | helo | yo | sup | howdy | greetings | good morning
        good afternoon
        good evening | good day | morning | evening | gm | whats up | wassup | how are you | how r u
        hows it going
        how are you doing | how do you do | nice to meet you | hi there | hello world | anyone here
        anybody here
        are you there | you there | ping | knock knock
        你好 | 您好 | 你们好 | 大家好 | 老师好 | 嗨 | 嗨喽 | 哈喽 | 哈啰 | 哈罗 | 哈咯 | 喂 | 早 | 早安 | 早上好
        上午好 | 中午好 | 下午好 | 晚上好 | 你好吗
        在吗 | 在嘛 | 在么 | 在不 | 在不在 | 在 | 你在吗 | 您在吗 | 有人吗 | 有人在吗 | 有人么 | 最近好吗
        吃了吗 | nihao | ni hao | 初次见面
        你們好 | 老師好 | 你好嗎 | 在嗎 | 你在嗎 | 有人嗎 | 安安 | 哈囉
    """,
    "thanks": """
        thanks | thank you | thank u | thankyou | thx | thnx | thanx | thks | tks | ty | tysm | tyvm
        many thanks
        much appreciated | appreciate it | i appreciate it | thats helpful | that was helpful | very helpful
        cheers
        that helps | that helped | this helped | merci | gracias | danke | arigato | good bot | well done
        nice job
        good job | great job | great answer | good answer | nice answer | you are great | youre great
        youre the best
        谢谢 | 谢了 | 谢啦 | 谢 | 多谢 | 感谢 | 感恩 | 谢谢你 | 谢谢您 | 谢谢你的帮助 | 谢谢你的回答
        谢谢你的解答 | 谢谢解答 | 谢谢讲解 | 谢谢解释 | 谢谢分享 | 感谢解答 | 感谢讲解 | 感谢回答 | 感谢分享
        感谢帮助 | 谢谢帮助 | 辛苦了 | 辛苦
        麻烦了 | 麻烦你了 | 蟹蟹 | 3q | 三克油 | 有帮助 | 很有帮助 | 讲得好 | 讲得真好 | 说得好 | 你真棒 | 真棒
        你真好 | 厉害 | 太强了 | 牛
        謝謝 | 謝了 | 謝啦 | 多謝 | 感謝 | 謝謝你 | 辛苦你了 | 厲害
    """,
    "bye": """
        bye | byee | bye bye | byebye | goodbye | good bye | see you | see ya | see u | cya | farewell
        good night
        goodnight | gn | night | take care | have a nice day | have a good day | have a good one | im off
        gotta go
        ttyl | until next time
        再见 | 再会 | 拜拜 | 拜 | 掰掰 | 白白 | 晚安 | 回见 | 回头见 | 明天见 | 下次见 | 下次再聊 | 先走了
        我走了 | 下了 | 溜了 | 88 | 886
        再見 | 明天見 | 下次見 | 回頭見
    """,
    "ok": """
        ok | okay | oki | okey | okk | kk | k | alright | all right | sure | fine | got it | i got it | gotcha
        i see
        understood | i understand | makes sense | that makes sense | noted | roger | cool | great | nice
        awesome
        perfect | amazing | excellent | wonderful | good | wow | yes | yep | yeah | yup | no | nope | nah
        no problem
        np | lol | haha | hehe | hmm | hm | um | uh | sorry | my bad | never mind | nevermind | nvm | np
        welcome
        youre welcome | you are welcome | interesting | done | right | correct | deal | sounds good | all good
        oh
        好 | 好的 | 好吧 | 好滴 | 好哒 | 好嘞 | 行 | 行吧 | 可以 | 可以的 | 嗯 | 嗯嗯 | 恩 | 哦 | 噢 | 喔 | 哦哦
        对 | 对的 | 是 | 是的 | 没错 | 不是 | 没事 | 没事了 | 没问题
        明白 | 明白了 | 知道 | 知道了 | 懂 | 懂了 | 我懂了 | 了解 | 了解了 | 收到 | 原来如此 | 原来是这样
        这样啊 | 学到了 | 涨知识了 | 有道理 | 不错 | 很好 | 太好了
        棒 | 赞 | 哈 | 哈哈 | 呵呵 | 嘿嘿 | 嘻嘻 | 对不起 | 抱歉 | 不好意思 | 不客气 | 没关系 | 不用谢 | 不用了
        算了 | 搞定 | 加油 | 哇
        瞭解 | 對 | 對的 | 沒問題 | 沒事 | 原來如此 | 這樣啊 | 讚 | 不客氣 | 沒關係
    """,
}
#: What may stand beside them and says nothing by itself.
_BESIDE = """
    there | everyone | everybody | all | guys | folks | team | friend | friends | my friend | mate | man | dude
    bro | buddy
    sir | teacher | tutor | bot | epoch | again | so | very | very much | much | so much | a lot | a bunch
    a million | a ton
    lots | please | pls | plz | then | now | just | really | too | and | well | ah | you | u | me | to you
    to all | today
    tomorrow | later | soon | tonight | for now | for today | for your help | for the help | for helping
    for helping me
    for your time | for that | for this | for the answer | for the explanation | for explaining | for everything
    i am | im | new here | explanation | for your answer | for answering | your help
    呀 | 啊 | 哦 | 喔 | 呢 | 啦 | 了 | 哈 | 嘛 | 吧 | 哟 | 哇 | 的 | 你 | 您 | 我 | 吗 | 么 | 很 | 太 | 真
    真的 | 非常 | 十分 | 万分 | 先 | 就 | 都 | 也 | 请 | 啦啦
    老师 | 大家 | 各位 | 同学 | 同学们 | 朋友 | 朋友们 | 兄弟 | 大佬 | 大神 | 亲 | 机器人 | 小助手 | 助手 | 一下
    帮忙 | 的解答 | 的回答 | 的讲解 | 的解释 | 的帮助 | 指教
    老師 | 嗎 | 請 | 幫忙 | 的解釋 | 的講解 | 的回答 | 機器人
"""
#: A message of nothing but these says it without words.
_SIGNS: dict[SmallTalkKind, str] = {
    "greeting": "👋🙋",
    "thanks": "🙏❤🧡💛💚💙💜💖💕🌹🤝",
    "ok": "👍👌🆗✅👏💯🎉",
}


@dataclass(frozen=True, slots=True)
class SmallTalk:
    """A message that is small talk.

    Attributes:
        kind: which small talk it is; the text `small.<kind>` answers it.
        lang: language it was said in; None where there are no words, only signs or digits.
    """

    kind: SmallTalkKind
    lang: Lang | None


def small_talk(text: str) -> SmallTalk | None:
    """Return what a message says that asks nothing; None for a question, and for what cannot be read at all."""
    if len(text) > _LONGEST:
        return None
    words = plain(text)
    if not words:
        return _signs(unicodedata.normalize("NFKC", text))
    said = _phrases().make_up(words)
    kind = next((kind for kind in _SAID if kind in said), None)
    return SmallTalk(kind, spoken_in(words)) if kind is not None else None


def _signs(text: str) -> SmallTalk | None:
    """Read a message without a word: all its signs must be known, and the first counts."""
    known: dict[str, SmallTalkKind] = {sign: kind for kind, signs in _SIGNS.items() for sign in signs}
    found = [known.get(sign) for sign in text if unicodedata.category(sign) == "So"]
    return SmallTalk(found[0], None) if found and found[0] is not None and None not in found else None


@cache
def _phrases() -> Phrases[SmallTalkKind | None]:
    """Return all phrases; one that stands beside others has no kind, and of several kinds the first in order counts."""
    return Phrases({**_SAID, None: _BESIDE})
