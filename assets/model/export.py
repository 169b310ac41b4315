"""Writes a checkpoint as builtin.onnx and draws the fixtures that hold it to the recipe's answers.

    export.py [CHECKPOINT.pt]       default: WORK/cooled.pt

The graph takes `input` (1, 3, 256, 256) float32 RGB in 0..255, the picture stretched to the square, and gives
`output` (1, 1, 256, 256) float32 in 0..1, of the mean of two looks, one at the mirrored picture. Batch norms are
folded into the convolutions. In the file a large
weight is int8 times a scale for each output channel, a small one fp16; the nodes that widen them to float32
are constant, so a runtime does that once, when it loads, and computes in float32.
"""
import hashlib, io, pathlib, sys
import numpy as np, onnx, torch, torch.nn.functional as F
from onnx import TensorProto, helper, numpy_helper

import fixtures, train

HERE = pathlib.Path(__file__).parent
SIZE, OPSET, LARGE = 256, 13, 16384
SURE = 3  # logits count so many times: a half-transparent "perhaps" is always wrong, and an edge is for the matting


class Answer(torch.nn.Module):
    """Subject in 0..1 (b, 1, n, n), from the mean of two looks at a picture, one of them at its mirror image:
    better than one, at twice the work. twice=False looks once."""

    def __init__(self, net, twice=True, sure=SURE):
        super().__init__()
        self.net, self.twice, self.sure = net, twice, sure

    def forward(self, x):
        if self.twice:
            y, mirrored = self.net(torch.cat([x, mirror(x)])).chunk(2)
            y = (y + mirror(mirrored)) / 2
        else:
            y = self.net(x)
        y = F.interpolate(y, scale_factor=2., mode='bilinear', align_corners=False)  # of logits: smooth after the sigmoid too
        return torch.sigmoid(self.sure * y)


def mirror(x): return x.index_select(3, torch.arange(x.shape[3] - 1, -1, -1))  # Gather: every provider has it


def rounded(w):
    """(out, in, h, w) float -> int8 of that shape, and scale (out, 1, 1, 1) so that their product is nearly w."""
    scale = np.maximum(np.abs(w).max((1, 2, 3), keepdims=True), 1e-12).astype(np.float32) / np.float32(127)
    return np.round(w / scale).astype(np.int8), scale


def load(path):
    """The running mean of a checkpoint's weights, folded and rounded as they are in the file."""
    net = train.Net().eval()
    net.load_state_dict(torch.load(path, map_location='cpu')['mean'])
    for m in net.modules():
        if isinstance(m, torch.nn.Sequential) and len(m) > 1 and isinstance(m[1], torch.nn.BatchNorm2d):
            m[0], m[1] = torch.nn.utils.fusion.fuse_conv_bn_eval(m[0], m[1]), torch.nn.Identity()
    for q in net.parameters():
        if q.numel() >= LARGE:
            q.data = torch.from_numpy(np.multiply(*rounded(q.data.numpy())))
        elif q.numel() >= 64:
            q.data = q.data.half().float()
    return net


def graph(net):
    """-> ONNX model of what load returned."""
    file = io.BytesIO()
    torch.onnx.export(net, torch.zeros(1, 3, SIZE, SIZE), file, opset_version=OPSET,
                      input_names=['input'], output_names=['output'])
    m = onnx.load_from_string(file.getvalue())
    values, nodes = [], []
    for w in m.graph.initializer:
        a = numpy_helper.to_array(w)
        if a.dtype != np.float32 or a.size < 64:
            values.append(w)
        elif a.size < LARGE:
            values.append(numpy_helper.from_array(a.astype(np.float16), w.name + '.half'))
            nodes.append(helper.make_node('Cast', [w.name + '.half'], [w.name], to=TensorProto.FLOAT))
        else:
            q, scale = rounded(a)
            values += [numpy_helper.from_array(q, w.name + '.int8'), numpy_helper.from_array(scale, w.name + '.scale')]
            nodes += [helper.make_node('Cast', [w.name + '.int8'], [w.name + '.wide'], to=TensorProto.FLOAT),
                      helper.make_node('Mul', [w.name + '.wide', w.name + '.scale'], [w.name])]
    nodes += m.graph.node
    del m.graph.initializer[:], m.graph.node[:]
    m.graph.initializer.extend(values), m.graph.node.extend(nodes)
    m.producer_name, m.producer_version = 'kirinuki', ''
    onnx.checker.check_model(m, full_check=True)
    return m


if __name__ == '__main__':
    torch.set_num_threads(1)
    net = Answer(load(sys.argv[1] if len(sys.argv) > 1 else train.WORK / 'cooled.pt')).eval()
    data = graph(net).SerializeToString()
    (HERE / 'builtin.onnx').write_bytes(data)
    (HERE / 'builtin.sha256').write_text(hashlib.sha256(data).hexdigest())
    fixtures.expect(net, SIZE)
    print(len(data), 'bytes')
