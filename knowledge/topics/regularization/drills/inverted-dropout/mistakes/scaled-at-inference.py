def dropout(x, uniforms, rate, training, dout):
    if training:
        keep = uniforms >= rate
        out = x * keep
        dx = dout * keep
    else:
        out = x * (1 - rate)
        dx = dout * (1 - rate)
    return out, dx
