"""Measures the network: max F-beta (beta^2 = .3), mean absolute error and IoU at one half.

    eval.py [CHECKPOINT.pt] [--exact] [--once] [--sure 3] [--size 256] [--sheet out.png]      default: WORK/cooled.pt

As the program has it: weights rounded as in the file (not with --exact), mean of two looks (not with --once),
logits times export.SURE.

Held-out photos are judged against the teacher's masks, and apart from them photos of people against masks
drawn by humans. Precision and recall are averaged over pictures before F is taken, at the best of 256
thresholds, as papers on salient objects do.
"""
import argparse
import cv2, numpy as np, torch

import export, train


def network(path, exact=False, twice=True, sure=export.SURE):
    """-> function (b, n, n, 3) uint8 -> (b, n/2, n/2) float in 0..1"""
    if exact:
        net = train.Net().eval()
        net.load_state_dict(torch.load(path, map_location='cpu')['mean'])
    else:
        net = export.load(path)
    net = export.Answer(net, twice, sure).to(memory_format=torch.channels_last)

    def run(rgb):
        with torch.no_grad():
            x = torch.from_numpy(np.ascontiguousarray(rgb)).permute(0, 3, 1, 2).float()
            return net(x.contiguous(memory_format=torch.channels_last))[:, 0].numpy()
    return run


def masks(run, rgb, size):
    """(n, s, s, 3) uint8 -> (n, s, s) in 0..1, each picture resized to size and its mask back."""
    small = np.stack([cv2.resize(p, (size, size), interpolation=cv2.INTER_AREA) for p in rgb])
    out = np.concatenate([run(small[k:k + 16]) for k in range(0, len(small), 16)])
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


USUAL = ('bsd', 'cat', 'coco', 'inet')  # photos of anything; the other groups are people and clothes


def report(run, size):
    """Prints a line for each group, for photos of anything, all held-out photos and the human masks.
    -> (n, SIDE, SIDE, 4) held-out photos, (n, SIDE, SIDE) what the network says of them"""
    ids, rgba = train.open_set('photos')
    held = train.split()[1]
    human = train.open_set('human')[1]
    x, scores = rgba[held], {}
    got = masks(run, x[..., :3], size)
    for k, g, w in zip(held, got, x[..., 3] / 255.):
        group = train.group(ids[k])
        for name in (group, '~held', *['~anything'] * (group in USUAL)):
            scores.setdefault(name, Score()).add(g, w)
    for g, w in zip(masks(run, human[..., :3], size), human[..., 3] / 255.):
        scores.setdefault('~human', Score()).add(g, w)
    for name, s in sorted(scores.items()):
        print(f'{name.strip("~"):9}', s.text(), flush=True)
    return x, got


def sheet(path, rgba, got):
    """Every picture, then what the network and what the teacher cut out, on magenta; four a row."""
    tiles = []
    for p, g in zip(rgba, got):
        on = lambda a: (p[..., :3] * a[..., None] + np.float32([255, 0, 255]) * (1 - a[..., None])).astype(np.uint8)
        tiles.append(cv2.resize(np.hstack([p[..., :3], on(g), on(p[..., 3] / 255.)]), None, fx=.5, fy=.5, interpolation=cv2.INTER_AREA))
    tiles += [np.zeros_like(tiles[0])] * (-len(tiles) % 4)
    cv2.imwrite(path, np.vstack([np.hstack(tiles[k:k + 4]) for k in range(0, len(tiles), 4)])[..., ::-1])


if __name__ == '__main__':
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('file', nargs='?', default=str(train.WORK / 'cooled.pt'))
    p.add_argument('--size', type=int, default=256)
    p.add_argument('--once', action='store_true')
    p.add_argument('--exact', action='store_true')
    p.add_argument('--sure', type=float, default=export.SURE)
    p.add_argument('--sheet')
    a = p.parse_args()
    torch.set_num_threads(1)
    x, got = report(network(a.file, a.exact, not a.once, a.sure), a.size)
    if a.sheet:
        sheet(a.sheet, x[::4], got[::4])
