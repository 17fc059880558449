"""How an answer to a drill is judged: inputs in, arrays out, compared by a process that never ran the answer."""
