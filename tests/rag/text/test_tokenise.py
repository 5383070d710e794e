"""Tokens: Chinese words, Latin names and their parts, numbers, dates, addresses."""

import time

import pytest

from rag.text.stem import roots, stem
from rag.text.tokenise import query_tokens, tokenise


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("ChatGLM-6B", ["chatglm6b", "chatglm", "6b", "chat", "glm"]),
        ("chatglm6b", ["chatglm6b", "chatglm", "6b"]),
        ("RedPajama", ["redpajama", "red", "pajama"]),
        ("InnoDB", ["innodb", "inno", "db"]),
        ("LLaMA", ["llama"]),
        ("GPT3.5", ["gpt3.5", "gpt", "3.5"]),
        ("v1.1", ["v1.1", "1.1"]),
        ("8.0.32", ["8.0.32"]),
        ("A100", ["a100"]),
        ("1.4T", ["1.4t"]),
        ("64,000 tokens", ["64000", "token"]),
        ("1,200,000.5", ["1200000.5"]),
        ("93.5%", ["93.5"]),
        ("the models' licenses", ["the", "model", "licens"]),
        ("the model's licensing", ["the", "model", "licens"]),
        ("open-source", ["opensourc", "open", "sourc"]),
        ("LLMs", ["llm"]),
        ("GPUs", ["gpu"]),
        ("C++ and C#", ["c++", "c", "and", "c#", "c"]),
        ("café", ["cafe"]),
        ("stanford_alpaca", ["stanfordalpaca", "stanford", "alpaca"]),
        ("https://www.example.com/path/data_set.html", ["exampl", "path", "data", "set"]),
        ("**粗体** | `代码` |", ["粗体", "代码"]),
        ("是否可以商用", ["是否", "可以", "商用"]),
        ("參數", ["参数"]),
        ("参数量", ["参", "数量", "参数"]),
        ("南京市长江大桥", ["南京", "京市", "南京市", "长江", "大桥", "长江大桥"]),
        ("2023年2月24日", ["2023-2-24", "2023-2", "2023", "2", "24"]),
        ("", []),
        ("——！", []),
    ],
)
def test_tokenise(text: str, tokens: list[str]) -> None:
    assert tokenise(text) == tokens


@pytest.mark.parametrize(
    "ways",
    [
        ["GPT3.5", "GPT-3.5", "gpt 3.5", "ＧＰＴ－３．５"],
        ["Mini-7B", "mini 7b", "mini7b", "mini_7B"],
        ["64,000", "64000"],
        ["2023-02-24", "2023/2/24", "2023年2月24日", "2023.02.24"],
        ["fine-tuned", "fine-tuning"],
        ["finetuned", "finetuning"],
        ["quantised", "quantized", "quantizing"],
        ["資料庫", "资料库"],
    ],
)
def test_ways_to_write_the_same_give_the_same_tokens(ways: list[str]) -> None:
    assert len({frozenset(query_tokens(way)) for way in ways}) == 1


@pytest.mark.parametrize("query", ["chatglm", "6b", "chatglm6b", "chatglm-6b", "ChatGLM 6B"])
def test_a_name_is_found_by_its_parts(query: str) -> None:
    document = set(tokenise("发布了ChatGLM-6B，支持中英双语"))
    assert set(query_tokens(query)) <= document


@pytest.mark.parametrize(
    ("document", "query"), [("Red Pajama", "RedPajama"), ("RedPajama", "red pajama"), ("Meta AI", "MetaAI")]
)
def test_names_written_apart_and_together_meet(document: str, query: str) -> None:
    assert set(query_tokens(query)) <= set(tokenise(document))


@pytest.mark.parametrize(
    ("question", "tokens"),
    [
        ("What is the license of RedPajama?", ["licens", "redpajama"]),
        ("哪些模型可以商用", ["模型", "商用"]),
        ("不支持中文的有哪些", ["不", "支持", "中文", "不支"]),
        ("什么是", ["什么", "是"]),
        ("what is it", ["what", "is", "it"]),
    ],
)
def test_query_tokens(question: str, tokens: list[str]) -> None:
    assert query_tokens(question) == tokens


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("license licenses licensed licensing", "licens"),
        ("use uses used using", "use"),
        ("size sizes sized", "size"),
        ("run runs running", "run"),
        ("library libraries", "library"),
        ("class classes", "class"),
        ("index indexes indexed", "index"),
        ("lens lenses", "lens"),
        ("speed", "speed"),
        ("status", "status"),
        ("string", "string"),
        ("tune tuned tuning", "tune"),
        ("optimise optimize optimised", "optimiz"),
        ("ying", "ying"),
    ],
)
def test_stem(words: str, expected: str) -> None:
    assert {stem(word) for word in words.split()} == {expected}


@pytest.mark.parametrize(
    ("word", "root"), [("cheapest", "cheap"), ("heavier", "heavy"), ("biggest", "big"), ("easily", "easy")]
)
def test_roots(word: str, root: str) -> None:
    assert root in roots(stem(word))


def test_a_hundred_thousand_characters_take_less_than_half_a_second() -> None:
    # 0.1 s on one core; the bound leaves room for a busy machine.
    text = "这个模型的参数量是多少，训练数据有哪些来源，是否可以商业使用。" * 3300
    tokenise("预热")
    started = time.perf_counter()
    tokens = tokenise(text)
    assert time.perf_counter() - started < 0.5
    assert len(tokens) % 3300 == 0


@pytest.mark.parametrize(
    "text",
    [
        "| Foo | 3.5 |\n| Bar | 6B |",
        "the Foo\n3.5 of 2023",
        "Red\nPanda\n\n- C++\nGo",
        "用 Foo\n训练了\n 6B 模型",
        "Ｆｏｏ\u200b\n３.５\n①\nFoo™\n3.5",
        "2023年\n5月1日，1,234\n567",
    ],
)
def test_lines_are_tokenised_as_one_text(text: str) -> None:
    assert tokenise(text) == tokenise(text.replace("\n", " "))
