def dropout(x, uniforms, rate, training, dout):
    if training:
        keep = uniforms >= rate
        out = x * keep
        dx = dout * keep
    else:
        out = x
        dx = dout
    return out, dx
