def dropout(x, uniforms, rate, training, dout):
    if training:
        keep = uniforms >= rate
        out = x * keep / rate
        dx = dout * keep / rate
    else:
        out = x
        dx = dout
    return out, dx
