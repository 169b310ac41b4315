"""Writes a checkpoint as builtin.onnx and draws the fixtures that hold it to the recipe's output.

    export.py [CHECKPOINT.pt]       default: WORK/cooled.pt

The graph takes `input` (1, 3, 256, 256) float32 RGB in 0..255, the picture stretched to the square, and gives
`output` (1, 1, 128, 128) float32 in 0..1. Batch norms are folded into the convolutions; weights lie in the
file as fp16 behind Cast nodes, which a runtime folds when it loads, so that it computes in fp32.
"""
import hashlib, io, pathlib, sys
import numpy as np, onnx, torch
from onnx import numpy_helper

import fixtures, train

HERE = pathlib.Path(__file__).parent
SIZE, OPSET = 256, 13


def graph(net):
    """-> ONNX model of net (eval mode) with half-precision weights."""
    file = io.BytesIO()
    torch.onnx.export(net, torch.zeros(1, 3, SIZE, SIZE), file, opset_version=OPSET,
                      input_names=['input'], output_names=['output'])
    m = onnx.load_from_string(file.getvalue())
    for w in list(m.graph.initializer):
        a = numpy_helper.to_array(w)
        if a.dtype == np.float32 and a.size >= 64:
            half = numpy_helper.from_array(a.astype(np.float16), w.name + '_half')
            m.graph.initializer.remove(w)
            m.graph.initializer.append(half)
            m.graph.node.insert(0, onnx.helper.make_node('Cast', [half.name], [w.name], to=onnx.TensorProto.FLOAT))
    m.producer_name, m.producer_version = 'kirinuki', ''
    onnx.checker.check_model(m, full_check=True)
    return m


def load(path):
    """The running mean of a checkpoint's weights, in a network ready to use."""
    net = train.Net().eval()
    net.load_state_dict(torch.load(path, map_location='cpu')['mean'])
    return net


if __name__ == '__main__':
    net = load(sys.argv[1] if len(sys.argv) > 1 else train.WORK / 'cooled.pt')
    data = graph(net).SerializeToString()
    (HERE / 'builtin.onnx').write_bytes(data)
    (HERE / 'builtin.sha256').write_text(hashlib.sha256(data).hexdigest())
    fixtures.expect(net, SIZE)
    print(len(data), 'bytes')
