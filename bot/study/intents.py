"""What people say to a tutor about the answer before them: go on, I don't get it, the code, run it, quiz me.

    text → said → SmallTalk, Intent, or None for a question: everything with a word in it that is more than that

A message counts when it consists of such phrases and nothing else: `why` goes on, `why does dropout work` is a
question. What is said may begin with an "ok", a "then" or a "can you", and end with a "please" or a particle.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from typing import Literal

from bot.study.phrasing import Phrases, plain, spoken_in
from bot.study.smalltalk import SmallTalk, small_talk
from knowledge.bank.models import LANGS, Lang

IntentKind = Literal["quit", "run", "code", "quiz", "example", "onward", "again"]
_Role = IntentKind | Literal["lead", "trail", "into zh", "into en", "into other"]

#: No longer message is nothing but that.
_LONGEST = 80
#: So many English words are typed by whoever speaks Chinese, too.
_EITHER = 2
#: What is asked for; of several in a message the first in this order: "I don't get it, show me the code" is the code.
_SAID: dict[IntentKind, str] = {
    "quit": """
        quit | exit | q | quit chat | exit chat
        退出 | 退出聊天 | 结束聊天 | 不聊了 | 結束聊天
    """,
    "run": """
        run | run it | run that | run this | run the code | run the example | run code | run example
        run this code | run that code | run the demo | execute | execute it | execute the code | try it
        try it out | let me try | let me try it | try the example | demo | the demo | a demo | show me a demo
        show me the demo | show me the output | show the output | see it run | rerun | rerun it
        运行 | 运行一下 | 运行它 | 运行代码 | 运行示例 | 运行例子 | 运行看看 | 运行这个 | 运行一遍 | 运行一次
        运行给我看 | 跑一下 | 跑一遍 | 跑一次 | 跑跑看 | 跑起来 | 跑下 | 跑代码 | 跑一下代码 | 跑一跑 | 跑个看看
        跑给我看 | 跑跑 | 跑示例 | 执行 | 执行一下 | 执行代码 | 试试 | 试一下 | 试试看 | 试一试 | 演示
        演示一下 | 来个演示 | 看运行结果 | 看看运行结果 | 看看结果 | 再跑一遍 | 再跑一次 | 再运行一次
        再运行一遍 | 重新运行 | 運行 | 運行一下 | 執行 | 執行一下 | 執行程式 | 試試 | 試試看 | 試一下 | yunxing
    """,
    "code": """
        code | the code | show code | show me code | show me the code | show the code | see the code
        let me see the code | give me code | give me the code | source | source code | the source
        the source code | show me the source | show me the source code | where is the code | wheres the code
        view code | view the code | print the code | i want code | i want the code | i want to see the code
        code example | example code | the example code | sample code | show me some code | some code | any code
        have code | do you have code | do you have the code | is there code | is there any code | got code
        python code
        代码 | 源码 | 源代码 | 给代码 | 看代码 | 看看代码 | 看下代码 | 看一下代码 | 来点代码 | 来段代码 | 上代码
        贴代码 | 贴一下代码 | 贴下代码 | 发代码 | 发下代码 | 发一下代码 | 有代码 | 有没有代码 | 代码在哪
        代码在哪里 | 代码给我 | 代码给我看看 | 代码发我 | 代码发一下 | 展示代码 | 显示代码 | 示例代码 | 代码示例
        给我看代码 | 给我看看代码 | 给段代码 | 给个代码 | 写代码 | 写个代码 | 写段代码 | 用代码说明 | 用代码演示
        完整代码 | python代码 | 求代码 | 看源码 | 看看源码 | 这段代码 | daima
        代碼 | 程式碼 | 原始碼 | 看程式碼 | 看代碼 | 給程式碼 | 有程式碼
    """,
    "quiz": """
        quiz | quiz me | a quiz | test me | ask me | ask me something | ask me a question | ask me one
        ask me another | examine me | give me a quiz | give me a question | give me a test | quiz time
        another question | another one | one more | one more question | next question | quiz me again
        challenge me | check me | question me | test my knowledge | test my understanding | practice question
        a practice question | give me a practice question | give me an exercise | an exercise | interview me
        考考我 | 考我 | 考我一下 | 考一下我 | 考一考我 | 考一考 | 考考 | 测试我 | 测我 | 测一下我 | 测试一下
        测测我 | 来一题 | 来道题 | 来个题 | 来一道题 | 来一道 | 来个题目 | 来道题目 | 出题 | 出道题 | 出个题
        出一道题 | 出一题 | 出个题目 | 出题考我 | 出题考考我 | 出道题考考我 | 一道题 | 再来一题 | 再来一道
        再来一道题 | 下一题 | 问我 | 问我一个问题 | 问我一题 | 问我问题 | 提问我 | 抽查我 | 抽查 | 抽查一下
        做题 | 做道题 | 做一道题 | 刷题 | 刷一题 | 练习题 | 练习一下 | 练一题 | 练练 | 检验一下 | 小测 | 小测验
        测验 | 测验一下 | 測驗 | 測試我 | 來一題 | 再來一題 | 出題 | 出個題 | 出一題 | 下一題 | 問我 | 練習題
        kaokaowo
    """,
    "example": """
        i dont get it | i dont get that | i dont get this | dont get it | didnt get it | i didnt get it
        i didnt get that | i still dont get it | still dont get it | i dont understand | dont understand
        i do not understand | i do not get it | i didnt understand | i still dont understand
        still dont understand | i dont understand it | i dont understand this | i dont understand that
        i dont follow | im not following | i cant follow | not following | im lost | i am lost | you lost me
        lost | im confused | i am confused | im still confused | still confused | confused | confusing
        thats confusing | this is confusing | not clear | unclear | its not clear | thats not clear
        still not clear | huh | what | come again | what do you mean | what does that mean | what does this mean
        meaning | simpler | simplify | make it simpler | in simpler terms | in simple terms | in simple words
        in plain english | in plain words | explain simply | explain it simply | explain it like im 5
        explain like im 5 | explain like im five | eli5 | too hard | thats too hard | too complicated
        thats too complicated | too complex | too abstract | thats too abstract | im stuck | dumb it down
        make it easier | easier | no idea | idk | i have no idea | it makes no sense | that makes no sense
        makes no sense | this makes no sense | that doesnt make sense | it doesnt make sense
        this doesnt make sense | example | an example | examples | the example | for example | for instance
        give me an example | give an example | give me examples | show me an example | show me the example
        show an example | any example | any examples | got an example | have an example | do you have an example
        is there an example | a concrete example | give me a concrete example | like what | such as
        没懂 | 没听懂 | 没看懂 | 没读懂 | 没明白 | 没太懂 | 没太明白 | 没太听懂 | 没怎么懂 | 没理解 | 没太理解
        没搞懂 | 没弄懂 | 没弄明白 | 没搞明白 | 不懂 | 不太懂 | 听不懂 | 看不懂 | 不明白 | 不太明白 | 不是很懂
        不是很明白 | 不是很理解 | 不理解 | 不太理解 | 不大懂 | 不大明白 | 还是不懂 | 还是没懂 | 还是不太懂
        还是不明白 | 还是没明白 | 还是不理解 | 还是没听懂 | 还是没看懂 | 还不懂 | 完全不懂 | 完全没懂
        完全听不懂 | 一点都不懂 | 一点也不懂 | 懵 | 懵了 | 有点懵 | 蒙了 | 晕 | 晕了 | 有点晕 | 糊涂了 | 有点乱
        太难 | 太难了 | 太抽象 | 太抽象了 | 太复杂 | 太复杂了 | 好难 | 好抽象 | 好复杂 | 有点难 | 有点抽象
        简单点 | 简单一点 | 简单些 | 说简单点 | 讲简单点 | 说得简单点 | 讲得简单点 | 简单讲 | 简单说 | 简单讲讲
        简单说说 | 简单解释一下 | 通俗点 | 通俗一点 | 通俗易懂点 | 通俗讲 | 通俗讲讲 | 通俗地讲 | 通俗解释一下
        说人话 | 讲人话 | 用人话说 | 大白话 | 说大白话 | 用大白话讲 | 什么意思 | 啥意思 | 这是什么意思
        这是啥意思 | 是什么意思 | 什么 | 啥 | 举例 | 举个例子 | 举个栗子 | 举例说明 | 举一个例子
        举个具体的例子 | 举例子 | 比如 | 比如说 | 例如 | 例子 | 示例 | 有例子 | 有没有例子 | 有示例 | 来个例子
        给个例子 | 来个示例 | 给个示例 | 看示例 | 看例子 | 看个例子 | 看看例子 | 看看示例 | meidong | budong
        沒懂 | 沒聽懂 | 沒看懂 | 沒明白 | 聽不懂 | 還是不懂 | 什麼意思 | 什麼 | 太難了 | 簡單一點 | 簡單點
        說人話 | 講人話 | 舉例 | 舉個例子 | 給個例子 | 來個例子
    """,
    "onward": """
        go on | continue | keep going | keep on | carry on | proceed | more | tell me more | say more
        more details | more detail | in more detail | more info | more information | give me more
        give me more details | give me more detail | go deeper | dig deeper | deeper | in depth | elaborate
        elaborate on that | elaborate on this | elaborate on it | expand | expand on that | expand on this
        expand on it | explain | explain more | explain further | explain that | explain it | explain this
        explain in detail | explain in more detail | explain it in more detail | go into detail
        go into more detail | more on that | more on this | more about it | more about that | more about this
        tell me more about it | tell me more about that | tell me more about this | tell me | next | whats next
        what is next | what next | what now | what else | anything else | is there more | theres more | and then
        then what | why | why is that | why is it | why is this | why is that so | why so | how so | how come
        why not | read on | keep reading | i want more | i want to know more | i want to learn more
        id like to know more | the rest | show more | show me more | show me the rest | next part | next one
        next page | next section | what happens next
        继续 | 接着 | 接着说 | 接着讲 | 继续说 | 继续讲 | 继续讲讲 | 继续说说 | 继续往下 | 继续看 | 往下
        往下讲 | 往下说 | 接着往下讲 | 接着往下说 | 继续往下讲 | 继续往下说 | 展开 | 展开讲讲 | 展开说说
        展开讲 | 展开说 | 展开讲一下 | 展开说一下 | 展开聊聊 | 详细说说 | 详细讲讲 | 详细点 | 详细一点
        详细一些 | 再详细点 | 再详细一点 | 说详细点 | 讲详细点 | 说得详细点 | 讲得详细点 | 详细 | 详细讲
        详细说 | 详细解释 | 详细解释一下 | 详细讲解 | 详细讲解一下 | 具体点 | 具体一点 | 具体说说 | 具体讲讲
        具体说 | 具体讲 | 具体解释一下 | 深入 | 深入讲讲 | 深入点 | 深入一点 | 再深入一点 | 再深入点 | 再讲讲
        再说说 | 再讲点 | 再说点 | 再多讲点 | 再多说点 | 多讲点 | 多说点 | 多讲讲 | 多说说 | 多讲一点 | 多说一点
        还有 | 还有什么 | 还有别的 | 还有其他的 | 然后 | 接下来 | 后面 | 后来 | 下一个 | 下一段 | 下一条
        下一节 | 下一部分 | 下一点 | 下一页 | 更多 | 更多细节 | 看更多 | 细说 | 细讲 | 讲讲 | 说说 | 讲一讲
        说一说 | 解释 | 解释一下 | 解释下 | 解释解释 | 讲解 | 讲解一下 | 讲解下 | 进一步讲讲 | 进一步解释
        进一步说说 | 了解更多 | 想了解更多 | 听更多 | 知道更多 | 为什么 | 为啥 | 为何 | 为什么这样
        为什么会这样 | 为什么是这样 | 怎么会这样 | 这是为什么 | 这是为啥 | 为什么这么说 | 为啥这么说
        为什么这样说 | 何以见得 | 凭什么 | 理由 | jixu | weishenme | weisha
        繼續 | 繼續說 | 繼續講 | 接著 | 接著說 | 接著講 | 展開 | 展開講講 | 展開說說 | 詳細 | 詳細說說
        詳細講講 | 詳細一點 | 具體說說 | 再講講 | 再說說 | 多講一點 | 還有 | 還有什麼 | 然後 | 接下來 | 下一個
        解釋一下 | 說說 | 講講 | 為什麼 | 為什麼會這樣 | 為甚麼 | 為啥 | 為何 | 为甚么
    """,
    "again": """
        again | say that again | say it again | repeat | repeat that | repeat it | once more | one more time
        say again | what did you say | tell me again
        再说一遍 | 再说一次 | 再讲一遍 | 再讲一次 | 再解释一遍 | 再解释一次 | 重复 | 重复一遍 | 重复一下
        重说一遍 | 重新说一遍 | 重新讲一遍 | 重讲 | 重讲一遍 | 再来一遍 | 你说什么 | 刚才说什么 | 再說一遍
        再說一次 | 再講一遍 | 再講一次 | 重複一遍 | 重說一遍
    """,
}
#: What people call the languages.
_NAMES: dict[_Role, str] = {
    "into zh": "中文 | 汉语 | 普通话 | 简体中文 | 國語 | 国语 | chinese | mandarin | zhongwen",
    "into en": "英文 | 英语 | 英語 | english | yingwen",
}
#: How a language is asked for; each stands for one phrase a name.
_INTO = """
    {} | in {} | say it in {} | say that in {} | say this in {} | say that again in {} | say it again in {}
    again in {} | explain in {} | explain it in {} | explain that in {} | explain this in {} | tell me in {}
    repeat in {} | repeat that in {} | repeat it in {} | translate to {} | translate into {}
    translate it to {} | translate it into {} | translate that to {} | translate that into {}
    translate this to {} | translate this into {} | speak {} | answer in {} | reply in {} | respond in {}
    switch to {} | {} version | the {} version | i want {} | how do you say that in {} | how do you say it in {}
    what is that in {} | whats that in {} | use {} | try in {}
    用{} | 用{}说 | 用{}讲 | 用{}回答 | 用{}解释 | 用{}解释一下 | 用{}说一遍 | 用{}讲一遍 | 用{}再说一遍
    用{}再讲一遍 | 用{}再说一次 | 用{}再讲一次 | 用{}重说一遍 | 用{}讲讲 | 用{}说说 | 用{}讲一下 | 用{}说一下
    用{}回复 | 用{}表达 | 换{} | 换成{} | 换{}说 | 换成{}说 | 切换{} | 切换成{} | 切换到{} | 改成{} | 改用{}
    说{} | 讲{} | {}版 | {}版本 | {}怎么说 | 翻译成{} | 翻成{} | 译成{} | 翻译为{} | 翻译{} | 来个{}版
    来个{}版本 | 再用{}说一遍 | 再用{}讲一遍 | 再用{}解释一遍 | 再用{}解释一下 | 用{}說 | 用{}講 | 用{}再說一遍
    用{}再講一遍 | 用{}解釋 | 用{}解釋一下 | 換成{} | 翻譯成{} | 說{} | 講{}
"""
_INTO_OTHER = """
    translate | translate it | translate that | translate this | other language | the other language
    in the other language | switch language | switch languages | switch the language | change language
    change the language
    翻译 | 翻译一下 | 翻译下 | 翻译过来 | 换个语言 | 换种语言 | 换语言 | 换一种语言 | 切换语言 | 另一种语言
    用另一种语言 | 用另一种语言再说一遍 | 翻譯 | 翻譯一下 | 換個語言 | 換種語言
"""
#: What may stand before it and asks for nothing by itself.
_LEAD = """
    ok | okay | k | kk | alright | all right | right | sure | yes | yea | yeah | yep | yup | great | cool | nice
    good | perfect | awesome | hm | hmm | mm | oh | ah | um | uh | er | wow | well | so | but | and | then | now
    sorry | wait | please | pls | plz | hey | hi | hello | epoch | thanks | thank you | thx | got it | i see
    interesting | makes sense | can you | could you | can u | would you | will you | can you please
    could you please | can i | could i | may i | can we | can i have | could i have | can i see | can i get
    could you just | just | lets | let us | i want to | i want you to | id like to | id like you to
    i would like to | i need | also | teacher | tutor | bot | yes please | let me | honestly | actually
    好 | 好的 | 好吧 | 好滴 | 好哒 | 嗯 | 嗯嗯 | 恩 | 哦 | 噢 | 喔 | 行 | 对 | 是 | 是的 | 可以 | 明白 | 明白了
    懂了 | 知道了 | 了解 | 谢谢 | 那 | 那么 | 那就 | 那你 | 那再 | 可是 | 但是 | 但 | 所以 | 不过 | 请 | 请你
    麻烦 | 麻烦你 | 你 | 您 | 你能 | 能 | 能不能 | 可不可以 | 能否 | 可否 | 你可以 | 你能不能 | 给我 | 帮我
    我想 | 我要 | 我想要 | 我想看 | 我要看 | 想看 | 想 | 要 | 老师 | 再 | 就 | 先 | 来 | 快 | 快点 | 抱歉
    不好意思 | 对不起 | 能给我 | 可以给我 | 能再 | 可以再 | 给 | 直接 | 现在 | 等等 | 等一下 | 等下 | 我
    我还是 | 还是 | 这 | 这个 | 这里 | 这段 | 这块 | 你好 | 哈 | 诶 | 欸 | 额 | 呃 | 啊 | 哎 | 唉 | 謝謝 | 請
    請你 | 麻煩 | 麻煩你 | 給我 | 幫我 | 對 | 老師 | 這 | 這個 | 還是 | 那麼 | 我還是
"""
#: What may stand behind it.
_TRAIL = """
    please | pls | plz | then | now | again | though | tho | exactly | thanks | thank you | thank u | thx
    for me | to me | a bit | a little | a bit more | a little more | about it | about this | about that
    on this | on that | of it | of this | of that | for it | for this | for that | epoch | bot | teacher | tutor
    man | bro | mate | dude | if you can | if possible | too | ok | okay | lol | haha | sir | first | instead
    yet | at all | really | ah | already | buddy
    吧 | 啊 | 呀 | 呢 | 哦 | 喔 | 噢 | 嘛 | 吗 | 么 | 了 | 啦 | 呗 | 哈 | 嘞 | 哟 | 诶 | 一下 | 好吗 | 好不好
    好么 | 可以吗 | 可以么 | 可以不 | 行吗 | 行不行 | 行不 | 谢谢 | 谢谢老师 | 谢谢你 | 多谢 | 谢啦 | 老师
    给我 | 给我看看 | 给我看 | 看看 | 拜托 | 求求了 | 求求你 | 先 | 哈哈 | 呜呜 | 嗯 | 好的 | 咯 | 撒 | 嗎 | 麼
    好嗎 | 可以嗎 | 行嗎 | 謝謝 | 老師 | 給我 | 給我看看 | 給我看
"""
_INTO_BY_ROLE: dict[_Role, Lang | Literal["other"]] = {"into zh": "zh", "into en": "en", "into other": "other"}


@dataclass(frozen=True, slots=True)
class Intent:
    """What was asked for.

    Attributes:
        kind: `onward` is the next unit of the page, `example` what its example shows, `again` the last answer.
        lang: language it was said in; None where there are no letters.
        into: the language that was asked for, by name or as the `other` one.
    """

    kind: IntentKind
    lang: Lang | None
    into: Lang | Literal["other"] | None = None

    def shown_in(self, lang: Lang) -> Lang:
        """Return the language to show things in where the last answer was in `lang`."""
        return next(each for each in LANGS if each != lang) if self.into == "other" else self.into or lang


def said(text: str, interface: Lang | None = None) -> SmallTalk | Intent | None:
    """Return what a message says or asks for that needs no looking up; None for a question.

    Args:
        text: as it was typed.
        interface: language of the interface, in which `hi`, `ok`, `help` or `go on` is answered: so few words of Latin
            letters are typed in both languages. None to go by the words alone.
    """
    told = small_talk(text) or intent(text)
    if told is None or interface is None or told.lang != "en" or len(plain(text).split()) > _EITHER:
        return told
    return replace(told, lang=interface)


def intent(text: str) -> Intent | None:
    """Return what a message asks for of what is under discussion; None for a question, and for what asks nothing."""
    if len(text) > _LONGEST:
        return None
    words = plain(text)
    roles = _phrases().make_up(words)
    kind = next((kind for kind in _SAID if kind in roles), None)
    into = next((into for role, into in _INTO_BY_ROLE.items() if role in roles), None)
    if kind is None and into is None:
        return None
    return Intent(kind or "again", spoken_in(words), into)


def _follows(before: _Role | None, role: _Role) -> bool:
    """Tell whether a phrase may stand there: what leads in at the beginning, what trails behind what it belongs to."""
    if role == "lead":
        return before in (None, "lead")
    return role != "trail" or before not in (None, "lead")


@cache
def _phrases() -> Phrases[_Role]:
    listed: dict[_Role, str] = {kind: phrases for kind, phrases in _SAID.items()}
    for role, names in _NAMES.items():
        listed[role] = "|".join(_INTO.replace("{}", name.strip()) for name in names.split("|"))
    return Phrases({**listed, "into other": _INTO_OTHER, "lead": _LEAD, "trail": _TRAIL}, _follows)
