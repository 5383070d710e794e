"""A language model words an answer from numbered evidence; every sentence of it is checked before it is shown.

    spec        what `--llm` names                    models      that as a LangChain chat model
    prompt      question, conversation and evidence   writing     the model's text, sentence by sentence
    planning    more evidence for several parts       guard       evidence without what speaks to the model
    limits      a hard time limit                     failures    what goes wrong, in one line without keys
    trial       whether a model works                 transformers_chat, gguf_chat   models run in this process

Importing any of these but the last two loads neither LangChain nor any model library.
"""
