"""Measures the network: max F-beta (beta^2 = .3), mean absolute error and IoU at one half.

    eval.py [--file builtin.onnx | CHECKPOINT.pt] [--size 256] [--flip] [--sheet out.png]

Held-out photos are judged against the teacher's masks, per group of ids, and human-drawn masks by themselves. Precision and
recall are averaged over pictures before F is taken, and its best threshold chosen, as salient-object papers do.
"""
import argparse, os, pathlib
import cv2, numpy as np, torch

import train


def network(path, raw=False):
    """-> function (b, n, n, 3) uint8 -> (b, n/2, n/2) float in 0..1. raw: the trained weights, not their running mean."""
    net = train.Net().eval()
    net.load_state_dict(torch.load(path, map_location='cpu')['net' if raw else 'mean'])
    net = net.to(memory_format=torch.channels_last)

    def run(rgb):
        with torch.no_grad():
            x = torch.from_numpy(np.ascontiguousarray(rgb)).permute(0, 3, 1, 2).float()
            return net(x.contiguous(memory_format=torch.channels_last))[:, 0].numpy()
    return run


def masks(run, rgb, size, flip=False):
    """(n, s, s, 3) uint8 -> (n, s, s) in 0..1, each picture resized to size and its mask back."""
    small = np.stack([cv2.resize(p, (size, size), interpolation=cv2.INTER_AREA) for p in rgb])
    out = np.concatenate([run(small[k:k + 16]) for k in range(0, len(small), 16)])
    if flip:
        out = (out + np.concatenate([run(small[k:k + 16, :, ::-1]) for k in range(0, len(small), 16)])[..., ::-1]) / 2
    return np.stack([cv2.resize(m, rgb.shape[1:3], interpolation=cv2.INTER_LINEAR) for m in out])


class Score:
    """Sums over pictures; text() gives the figures."""

    def __init__(self): self.n, self.precision, self.recall, self.mae, self.iou = 0, np.zeros(256), np.zeros(256), 0., 0.

    def add(self, got, want):
        """got, want: (h, w) in 0..1; want counts as subject above one half."""
        w, level = want > .5, np.clip(got * 255, 0, 255).astype(int)
        above = lambda v: np.bincount(v, minlength=256)[::-1].cumsum()[::-1]
        hit = above(level[w])
        self.precision += hit / np.maximum(above(level.ravel()), 1)
        self.recall += hit / max(w.sum(), 1)
        self.mae += np.abs(got - w).mean()
        self.iou += ((got > .5) & w).sum() / max(1, ((got > .5) | w).sum())
        self.n += 1

    def text(self):
        p, r = self.precision / self.n, self.recall / self.n
        f = 1.3 * p * r / (.3 * p + r + 1e-9)
        return f'n {self.n:4}  max F {f.max():.3f}  MAE {self.mae / self.n:.3f}  IoU {self.iou / self.n:.3f}'


def report(run, size, flip=False, brief=False):
    ids, rgba = train.open_set('photos')
    held = train.split()[1]
    x = rgba[held]
    got, scores, every = masks(run, x[..., :3], size, flip), {}, Score()
    for k, g, w in zip(held, got, x[..., 3] / 255.):
        scores.setdefault(train.group(ids[k]), Score()).add(g, w)
        every.add(g, w)
    if not brief:
        for name, s in sorted(scores.items()):
            print(f'{name:6}', s.text())
    print('held  ', every.text())
    h = train.open_set('human')[1]
    human = Score()
    for g, w in zip(masks(run, h[..., :3], size, flip), h[..., 3] / 255.):
        human.add(g, w)
    print('human ', human.text(), flush=True)
    return x, got


if __name__ == '__main__':
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('file', nargs='?', default=str(train.WORK / 'cooled.pt'))
    p.add_argument('--size', type=int, default=256)
    p.add_argument('--flip', action='store_true')
    p.add_argument('--brief', action='store_true')
    p.add_argument('--raw', action='store_true')
    p.add_argument('--sheet')
    a = p.parse_args()
    torch.set_num_threads(1)
    x, got = report(network(a.file, a.raw), a.size, a.flip, a.brief)
