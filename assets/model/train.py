"""Teaches Kirinuki's built-in network to find the subject of a photo, from nothing, on a plain CPU.

    train.py                    all of it: what is missing of the steps below
    train.py prepare            unpack the training tar once into one array of pixels
    train.py learn --steps N    N more steps at a steady learning rate; stop it and start it again at will
    train.py cool  --steps N    from there, let the learning rate fall to 0 in N steps (or --minutes, if sooner)

The steady checkpoint (WORK/steady.pt) never expires: a later session learns on from it and cools again, or
copies the cooled one there and learns on from that. What is measured and exported is the cooled one
(WORK/cooled.pt). DATA is the folder with training-set.tar and
human-masks.tar, WORK the folder for arrays and checkpoints. One process a core, each with pictures of its
own; they average gradients through shared memory. Convolutions run in bfloat16, which CPUs with AMX or
AVX-512 do twice as fast.
"""
import argparse, itertools, math, os, pathlib, random, tarfile, time

os.environ.setdefault('OMP_NUM_THREADS', '1')
import cv2, numpy as np, torch, torch.multiprocessing as mp, torch.nn as nn, torch.nn.functional as F

DATA = pathlib.Path(os.environ.get('DATA', '.'))
WORK = pathlib.Path(os.environ.get('WORK') or pathlib.Path(__file__).parent / 'work')
SEED, SIDE, HELD_OUT = 4, 288, 200
SHARE = {'clo': .15, 'ccp': .15}  # product and street-fashion photos are many and alike: seen less often


# --- data -----------------------------------------------------------------------------------------

def prepare():
    """Unpacks DATA/*.tar -> WORK/{photos,human}.npy, each (n, SIDE, SIDE, 4) uint8 RGB + alpha, and their .txt ids."""
    WORK.mkdir(parents=True, exist_ok=True)
    for tar, name in (('training-set.tar', 'photos'), ('human-masks.tar', 'human')):
        with tarfile.open(DATA / tar) as t:
            files = {m.name: t.extractfile(m).read() for m in t if m.isfile()}
        ids = sorted(pathlib.Path(f).stem for f in files if f.startswith('im/'))
        out = np.lib.format.open_memmap(WORK / f'{name}.npy', 'w+', np.uint8, (len(ids), SIDE, SIDE, 4))
        for k, i in enumerate(ids):
            im = cv2.imdecode(np.frombuffer(files[f'im/{i}.webp'], np.uint8), cv2.IMREAD_COLOR)
            al = cv2.imdecode(np.frombuffer(files[f'alpha/{i}.webp'], np.uint8), cv2.IMREAD_GRAYSCALE)
            out[k, ..., :3] = cv2.resize(im, (SIDE, SIDE), interpolation=cv2.INTER_AREA)[..., ::-1]
            out[k, ..., 3] = cv2.resize(al, (SIDE, SIDE), interpolation=cv2.INTER_AREA)
        (WORK / f'{name}.txt').write_text('\n'.join(ids))


def group(i): return i.split('_')[0]


def open_set(name):
    return (WORK / f'{name}.txt').read_text().split(), np.load(WORK / f'{name}.npy', mmap_mode='r')


def sure(rgba, doubt=.4):
    """True where the teacher found something and was sure of it: little of the mask is half-transparent."""
    a = rgba[..., 3]
    return (a > 128).mean() > .01 and ((a > 50) & (a < 205)).mean() < doubt * (a > 128).mean()


def split():
    """-> (taught, held) row numbers of photos.npy: HELD_OUT sure photos, a fair part of every group, are
    held out; of the rest, the not too unsure are taught; photos that also have human masks are neither."""
    ids, rgba = open_set('photos')
    human = set((WORK / 'human.txt').read_text().split())
    rows = [k for k, i in enumerate(ids) if i not in human and sure(rgba[k])]
    rng, held = random.Random(SEED), []
    for g in sorted({group(i) for i in ids}):
        mine = [k for k in rows if group(ids[k]) == g]
        held += rng.sample(mine, round(len(mine) * HELD_OUT / len(rows)))
    taught = [k for k, i in enumerate(ids) if i not in human and k not in set(held) and sure(rgba[k], .9)]
    return taught, sorted(held)


def empty_square(alpha):
    """The largest square without subject (a few tries): (x, y, side), or None below a third of the picture."""
    s = cv2.integral((alpha > 25).astype(np.uint8))
    for d in range(SIDE, SIDE // 3, -16):
        n = s[d::8, d::8] - s[:-d:8, d::8] - s[d::8, :-d:8] + s[:-d:8, :-d:8]
        y, x = np.unravel_index(n.argmin(), n.shape)
        if n[y, x] == 0:
            return 8 * x, 8 * y, d


class Pictures:
    """Endless augmented training pictures; picture(rng, n) -> (n, n, 4) uint8."""

    def __init__(self, composites=.4):
        ids, self.rgba = open_set('photos')
        self.composites = composites
        self.rows, held = split()
        self.weight = list(itertools.accumulate(SHARE.get(group(ids[k]), 1.) for k in self.rows))
        self.small = {k for k in self.rows if .03 < (self.rgba[k, ..., 3] > 128).mean() < .5 and sure(self.rgba[k], .3)}
        kept = set(held) | {k for k, i in enumerate(ids) if i in set((WORK / 'human.txt').read_text().split())}
        self.grounds = [(k, q) for k in range(len(ids)) if k not in kept and (q := empty_square(self.rgba[k, ..., 3]))]

    def pick(self, rng): return rng.choices(self.rows, cum_weights=self.weight)[0]

    def picture(self, rng, n):
        im = self.composite(rng) if rng.random() < self.composites else self.rgba[self.pick(rng)]
        if rng.random() < .08:  # two photos side by side, or one above the other
            other, at = self.rgba[self.pick(rng)], rng.randrange(SIDE // 4, 3 * SIDE // 4)
            im = np.concatenate([im[:, :at], other[:, at:]], 1) if rng.random() < .5 else np.concatenate([im[:at], other[at:]])
        if rng.random() < .15:  # a reflection of another photo over it
            im = join(cv2.addWeighted(im[..., :3], 1 - (t := rng.uniform(.1, .35)), self.ground(rng), t, 0), im[..., 3])
        return colours(rng, view(rng, im, n))

    def ground(self, rng):
        """The empty part of a photo, stretched to SIDE."""
        k, (x, y, d) = rng.choice(self.grounds)
        return cv2.resize(self.rgba[k, y:y + d, x:x + d, :3], (SIDE, SIDE), interpolation=cv2.INTER_LINEAR)

    def composite(self, rng):
        """A cut-out subject, moved and scaled, now and then two, on the empty part of another photo (or on
        the first one's own, blurred)."""
        im = self.subject(rng)
        if rng.random() < .9:
            ground = self.ground(rng)
        else:
            ground = cv2.blur(im[..., :3], (k := rng.randrange(15, 60), k))
        whole = join(ground, np.zeros((SIDE, SIDE), np.uint8))
        for im in (im,) if rng.random() < .8 else (im, self.subject(rng)):
            s, c = rng.uniform(.5, 1.15), SIDE / 2
            dx, dy = (rng.uniform(-.25, .25) * SIDE for _ in 'xy')
            m = np.float32([[s, 0, c - s * c + dx], [0, s, c - s * c + dy]])
            im = cv2.warpAffine(colours(rng, im), m, (SIDE, SIDE), flags=cv2.INTER_LINEAR)
            a = im[..., 3] / np.float32(255)
            whole = join(cv2.blendLinear(im[..., :3].copy(), whole[..., :3].copy(), a, 1 - a), cv2.max(im[..., 3], whole[..., 3]))
        return whole

    def subject(self, rng):
        while (k := self.pick(rng)) not in self.small:
            pass
        im = self.rgba[k]
        if rng.random() < .2:  # what it looks like says nothing, only that it is another thing than the ground
            im = join(self.ground(rng), im[..., 3])
        return im


def join(rgb, alpha): return cv2.merge([*cv2.split(rgb), alpha])


def view(rng, im, n):
    """A random crop, stretch, turn and flip of im, n pixels square. Half the views show the whole picture."""
    for attempt in range(3):
        w = h = 1.
        if attempt < 2 and rng.random() < .5:
            w = rng.uniform(.45, 1.)
            h = min(1., max(.4, w * rng.uniform(.75, 1.33)))
        cx, cy = (.5 + (rng.random() - .5) * (1 - v) for v in (w, h))
        t = math.radians(rng.gauss(0, 8)) if rng.random() < .4 else 0.
        sx = w * SIDE / n * (-1 if rng.random() < .5 else 1)
        sy = h * SIDE / n
        m = np.array([[sx * math.cos(t), -sy * math.sin(t)], [sx * math.sin(t), sy * math.cos(t)]])
        o = np.array([cx, cy]) * SIDE - m @ [n / 2, n / 2] - .5 + m @ [.5, .5]
        out = cv2.warpAffine(im, np.c_[m, o], (n, n), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
                             borderMode=cv2.BORDER_REFLECT_101)
        if .01 < (out[..., 3] > 128).mean() < .97:
            break
    return out


def colours(rng, im):
    """Other light, white balance, saturation, softness and noise; alpha stays."""
    sat = 0. if rng.random() < .08 else rng.uniform(.5, 1.5)
    m = np.eye(3) * sat + (1 - sat) * np.array([.3, .59, .11])
    m = np.diag([rng.uniform(.8, 1.2) for _ in 'rgb']) @ m * rng.uniform(.65, 1.35)
    m += [[rng.gauss(0, .04) for _ in 'rgb'] for _ in 'rgb']
    if rng.random() < .25:  # another hue: a turn about the grey axis
        m = m @ cv2.Rodrigues(np.full(3, rng.uniform(-1.2, 1.2) / math.sqrt(3)))[0]
    rgb = cv2.transform(im[..., :3], np.c_[m, np.full(3, rng.uniform(-25, 25))])
    if rng.random() < .4:
        gamma = math.exp(rng.uniform(-.5, .5))
        rgb = cv2.LUT(rgb, (255 * (np.arange(256) / 255) ** gamma).astype(np.uint8))
    if rng.random() < .2:  # light that falls off across the picture
        light = cv2.resize(np.float32([[rng.uniform(.5, 1.3) for _ in 'ab'] for _ in 'ab']), rgb.shape[1::-1], interpolation=cv2.INTER_LINEAR)
        rgb = cv2.multiply(rgb, cv2.merge([light] * 3), dtype=cv2.CV_8U)
    if rng.random() < .12:
        rgb = cv2.GaussianBlur(rgb, (0, 0), rng.uniform(.4, 1.8))
    if rng.random() < .12:
        noise = np.empty(rgb.shape, np.int16)
        cv2.setRNGSeed(rng.randrange(2**31))
        rgb = np.clip(rgb + cv2.randn(noise, 0, rng.uniform(2, 14)), 0, 255).astype(np.uint8)
    if rng.random() < .1:
        ok, jpg = cv2.imencode('.jpg', rgb, (cv2.IMWRITE_JPEG_QUALITY, rng.randrange(20, 70)))
        rgb = cv2.imdecode(jpg, cv2.IMREAD_COLOR)
    return join(rgb, im[..., 3])


# --- network --------------------------------------------------------------------------------------

def conv(i, o, k=3, s=1, d=1):
    return nn.Sequential(nn.Conv2d(i, o, k, s, (k - 1) * d // 2, d, bias=False), nn.BatchNorm2d(o), nn.ReLU(inplace=True))


class Residual(nn.Module):
    """Two 3x3 convolutions beside a shortcut; begins as the identity."""

    def __init__(self, c):
        super().__init__()
        self.a = conv(c, c)
        self.b = nn.Sequential(nn.Conv2d(c, c, 3, 1, 1, bias=False), nn.BatchNorm2d(c))
        nn.init.zeros_(self.b[1].weight)

    def forward(self, x):
        y = self.b(self.a(x))
        if self.training:  # now and then a picture goes by the shortcut alone
            y = y * ((torch.rand(len(x), 1, 1, 1) > .15) / .85).to(y.dtype)
        return F.relu(x + y)


class Context(nn.Module):
    """What the whole picture says: dilated looks and the mean, joined."""

    def __init__(self, c):
        super().__init__()
        self.looks = nn.ModuleList([conv(c, c // 2, 3, 1, d) for d in (1, 2, 3)])
        self.mean = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Conv2d(c, c // 2, 1), nn.ReLU())
        self.join = conv(c // 2 * 4, c, 1)

    def forward(self, x):
        mean = self.mean(x).expand(-1, -1, *x.shape[2:])
        return x + self.join(torch.cat([look(x) for look in self.looks] + [mean], 1))


class Net(nn.Module):
    """(b, 3, n, n) RGB in 0..255, n a multiple of 64 -> logits of the subject (b, 1, n/2, n/2).
    In training: logits at n/2, n/4 .. n/32, finest first."""
    WIDE, DEEP, BACK = (16, 32, 64, 128, 192, 256), (0, 1, 3, 4, 3, 1), (16, 32, 48, 64, 96)

    def __init__(self):
        super().__init__()
        w, b = self.WIDE, self.BACK
        down = [nn.Sequential(nn.Conv2d(3, w[0], 4, 2, 1, bias=False), nn.BatchNorm2d(w[0]), nn.ReLU(inplace=True))]
        down += [nn.Sequential(conv(w[i - 1], w[i], 3, 2), *[Residual(w[i]) for _ in range(self.DEEP[i])]) for i in range(1, 6)]
        self.down = nn.ModuleList(down)
        self.context = nn.Sequential(Context(w[5]), nn.Dropout2d(.2), conv(w[5], b[4], 1))
        self.side = nn.ModuleList([nn.Conv2d(w[i], b[i], 1) for i in range(5)])
        self.narrow = nn.ModuleList([nn.Conv2d(b[min(i + 1, 4)], b[i], 1) for i in range(5)])
        self.up = nn.ModuleList([conv(b[i], b[i]) if i == 0 else nn.Sequential(conv(b[i], b[i]), conv(b[i], b[i])) for i in range(5)])
        self.head = nn.ModuleList([nn.Conv2d(b[i], 1, 3 if i == 0 else 1, 1, int(i == 0)) for i in range(5)])

    def forward(self, x):
        x = (x - 128) / 64
        seen = []
        for stage in self.down:
            seen.append(x := stage(x))
        y, out = self.context(x), []
        for i in range(4, -1, -1):
            y = F.interpolate(self.narrow[i](y), size=seen[i].shape[2:], mode='bilinear', align_corners=False)
            y = self.up[i](self.side[i](seen[i]) + y)
            if self.training or i == 0:
                out.append(self.head[i](y))
        return out[::-1] if self.training else out[0]


def loss(out, alpha):
    """Cross-entropy + soft IoU + mean difference at every scale; alpha (b, 1, n, n) in 0..1. Pixels count
    more the less they are like those around them (Wei, Wang, Huang: F3Net, AAAI 2020, eq. 5 to 9)."""
    total = 0.
    for weight, logit in zip((1., .4, .4, .3, .3), out):
        alpha = F.avg_pool2d(alpha, 2)
        around = alpha.shape[2] // 24 * 2 + 1
        w = 1 + 3 * (F.avg_pool2d(alpha, around, 1, around // 2, count_include_pad=False) - alpha).abs()
        logit = logit.float()
        p = torch.sigmoid(logit)
        mean = lambda x: ((w * x).sum((2, 3)) / w.sum((2, 3))).mean()
        both, any_ = (w * p * alpha).sum((2, 3)), (w * (p + alpha - p * alpha)).sum((2, 3))
        total += weight * (mean(F.binary_cross_entropy_with_logits(logit, alpha, reduction='none'))
                           + .5 * (1 - (both + 1) / (any_ + 1)).mean() + .5 * mean((p - alpha).abs()))
    return total


# --- schedule -------------------------------------------------------------------------------------

def orthogonal(g):
    """The nearest (semi-)orthogonal matrix to g, nearly: five Newton-Schulz steps (the Muon optimizer's)."""
    x = g.bfloat16()
    x = x.t() if (tall := x.shape[0] > x.shape[1]) else x
    x = x / (x.norm() + 1e-7)
    for _ in range(5):
        a = x @ x.t()
        x = 3.4445 * x + (-4.7750 * a + 2.0315 * (a @ a)) @ x
    return (x.t() if tall else x).float()


class Muon:
    """Muon for convolutions (momentum, then orthogonalised), AdamW for everything else; one learning rate.
    Each of several processes orthogonalises its share of the matrices and finds the others' in `spread`."""

    def __init__(self, net, rank, workers, spread, barrier, decay=.1):
        self.rank, self.workers, self.barrier, self.decay = rank, workers, barrier, decay
        self.convs = self.matrices(net)
        rest = [q for q in net.parameters() if not any(q is c for c in self.convs)]
        self.rest = torch.optim.AdamW(rest, 1e-3, betas=(.9, .98), weight_decay=0.)
        self.speed = [torch.zeros_like(q) for q in self.convs]
        self.turns = [u.view(q.shape[0], -1) for q, u in zip(self.convs, spread.split([q.numel() for q in self.convs]))]

    @staticmethod
    def matrices(net): return [q for q in net.parameters() if q.ndim == 4 and q.shape[0] > 1]

    def step(self, lr):
        for k, (q, v) in enumerate(zip(self.convs, self.speed)):
            v.mul_(.95).add_(q.grad, alpha=.05)
            if k % self.workers == self.rank:
                self.turns[k].copy_(orthogonal((q.grad * .05 + v * .95).flatten(1)))
        self.barrier.wait()
        for q, u in zip(self.convs, self.turns):
            q.data.mul_(1 - lr * self.decay).add_(u.view_as(q), alpha=-lr * .2 * math.sqrt(max(u.shape)))
        for g in self.rest.param_groups:
            g['lr'] = lr
        self.rest.step()

    def state_dict(self): return {'speed': self.speed, 'rest': self.rest.state_dict()}

    def load_state_dict(self, s):
        self.speed = s['speed']
        self.rest.load_state_dict(s['rest'])


def worker(rank, a, grads, spread, barrier):
    """One of a.workers processes: the same network in each, different pictures. grads is (workers, parameters)."""
    torch.set_num_threads(1)
    cv2.setNumThreads(0)
    torch.manual_seed(SEED)
    net = Net().to(memory_format=torch.channels_last).train()
    params, opt, step = list(net.parameters()), Muon(net, rank, a.workers, spread, barrier), 0
    mean = {k: v.clone() for k, v in net.state_dict().items()}
    steady, cooled = WORK / 'steady.pt', WORK / 'cooled.pt'
    if steady.exists():
        s = torch.load(steady)
        net.load_state_dict(s['net']), opt.load_state_dict(s['opt'])
        mean, step = s['mean'], s['step']
    pictures = Pictures(composites=.4)
    first, clock, saved, smooth, done = step, time.time(), time.time(), None, 0.
    while done < 1:
        rng = random.Random(SEED + 1000003 * (a.workers * step + rank))
        torch.manual_seed(rng.randrange(2**31))
        # While it cools the pictures are of several sizes in turns, at last of the one it will be used at.
        size = a.size if done > .65 or a.do == 'learn' else random.Random(step).choice((160, 192, 224, a.size))
        batch = torch.from_numpy(np.stack([pictures.picture(rng, size) for _ in range(a.batch)])).permute(0, 3, 1, 2).float()
        with torch.cpu.amp.autocast(dtype=torch.bfloat16):
            logits = net(batch[:, :3].contiguous(memory_format=torch.channels_last))
        here = loss(logits, batch[:, 3:] / 255)
        for q in params:
            q.grad = None
        here.backward()
        torch.cat([q.grad.flatten() for q in params], out=grads[rank, :-1])
        grads[rank, -1] = (time.time() - clock) / 60 / a.minutes
        barrier.wait()
        whole = grads.mean(0)
        barrier.wait()
        for q, g in zip(params, whole[:-1].split([q.numel() for q in params])):
            q.grad = g.view_as(q)
        step += 1
        done = max((step - first) / a.steps, whole[-1].item())
        opt.step(a.lr * min(1., step / 200) * (max(0., 1 - done) if a.do == 'cool' else 1.))
        if rank == 0:
            keep = min(.998, step / (step + 20))
            for k, v in net.state_dict().items():
                mean[k].mul_(keep).add_(v, alpha=1 - keep) if v.is_floating_point() else mean[k].copy_(v)
            smooth = smooth * .98 + here.item() * .02 if smooth else here.item()
            if step % 50 == 0:
                print(f'{time.strftime("%H:%M:%S")} step {step} loss {smooth:.4f} {100 * done:.0f} % done '
                      f'{(step - first) * a.batch * a.workers / (time.time() - clock):.1f} pictures/s', flush=True)
            if done >= 1 or time.time() > saved + 120:
                saved, out = time.time(), steady if a.do == 'learn' else cooled
                torch.save({'net': net.state_dict(), 'opt': opt.state_dict(), 'mean': mean, 'step': step}, f'{out}.new')
                os.replace(f'{out}.new', out)


def learn(a):
    """Runs a.workers workers, of which each holds the whole network, until the steps or minutes are over."""
    net = Net()
    grads = torch.zeros(a.workers, sum(q.numel() for q in net.parameters()) + 1).share_memory_()
    spread = torch.zeros(sum(q.numel() for q in Muon.matrices(net))).share_memory_()
    mp.spawn(worker, (a, grads, spread, mp.get_context('spawn').Barrier(a.workers)), nprocs=a.workers)


if __name__ == '__main__':
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('do', nargs='?', default='all', choices=('all', 'prepare', 'learn', 'cool'))
    p.add_argument('--steps', type=int, help='default: up to 8500 to learn, 5500 to cool')
    p.add_argument('--minutes', type=float, default=1e9, help='stop by then, if the steps take longer')
    p.add_argument('--size', type=int, help='pixels a side; default: 192 to learn, up to 256 to cool')
    p.add_argument('--batch', type=int, default=32, help='pictures a step and process')
    p.add_argument('--workers', type=int, default=2, help='processes')
    p.add_argument('--lr', type=float, default=3e-3)
    a = p.parse_args()
    if a.do == 'prepare' or a.do == 'all' and not (WORK / 'human.txt').exists():
        prepare()
    for do, steps, size in (('learn', 8500, 192), ('cool', 5500, 256)):
        if a.do == 'all' and do == 'learn' and (WORK / 'steady.pt').exists():
            steps -= torch.load(WORK / 'steady.pt')['step']
        if a.do in ('all', do) and steps > 0:
            learn(argparse.Namespace(**{**vars(a), 'do': do, 'steps': a.steps or steps, 'size': a.size or size}))
