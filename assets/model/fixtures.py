"""Draws the fixtures: plain subjects on busy grounds with their true masks, all of our own making.

    fixtures/NAME.png         the picture, 256 px square
    fixtures/NAME.mask.png    where the subject is, as drawn
    fixtures/NAME.recipe.png  what the recipe's network answers, 256 px, 16 bit: the committed file must agree

They hold the file to its recipe and catch a broken one. They are drawings: how good the network is on
photos they do not say.
"""
import pathlib
import cv2, numpy as np, torch

FOLDER, N, OVER = pathlib.Path(__file__).parent / 'fixtures', 256, 4
Q = N * OVER

# Every subject is a list of (colour RGB, shape); shapes are in a unit square, y down.
# ('o', x, y, rx, ry, turn in degrees) is an ellipse, ('p', x, y, x, y, ...) a polygon.
SUBJECTS = {
    'ball': [((205, 60, 45), ('o', .5, .55, .27, .27, 0)), ((235, 225, 215), ('o', .5, .55, .27, .09, 20))],
    'mug': [((60, 95, 150), ('o', .68, .54, .13, .15, 0)), ((60, 95, 150), ('p', .3, .3, .66, .3, .64, .8, .32, .8)),
            ((90, 55, 35), ('o', .48, .3, .18, .045, 0))],
    'bird': [((225, 165, 60), ('p', .72, .33, .86, .38, .72, .41)), ((70, 70, 80), ('p', .18, .72, .05, .86, .3, .74)),
             ((95, 120, 160), ('o', .45, .55, .27, .19, -25)), ((95, 120, 160), ('o', .65, .36, .11, .11, 0)),
             ((55, 75, 110), ('o', .4, .55, .18, .1, -35)), ((15, 15, 15), ('o', .68, .34, .018, .018, 0))],
    'bottle': [((40, 120, 70), ('p', .44, .12, .56, .12, .56, .32, .64, .42, .64, .9, .36, .9, .36, .42, .44, .32)),
               ((235, 230, 205), ('p', .36, .52, .64, .52, .64, .74, .36, .74))],
    'person': [((40, 45, 75), ('p', .4, .6, .6, .6, .61, .97, .52, .97, .5, .68, .48, .97, .39, .97)),
               ((180, 70, 80), ('p', .36, .3, .64, .3, .72, .58, .65, .6, .6, .44, .6, .63, .4, .63, .4, .44, .35, .6, .28, .58)),
               ((215, 165, 135), ('o', .5, .19, .085, .11, 0)), ((60, 40, 30), ('o', .5, .12, .09, .06, 0))],
    'car': [((190, 40, 50), ('p', .08, .56, .2, .52, .32, .36, .64, .36, .77, .52, .93, .57, .93, .7, .08, .7)),
            ((165, 200, 220), ('p', .27, .52, .36, .4, .48, .4, .48, .52)), ((165, 200, 220), ('p', .52, .4, .62, .4, .7, .52, .52, .52)),
            ((25, 25, 28), ('o', .27, .7, .085, .085, 0)), ((25, 25, 28), ('o', .75, .7, .085, .085, 0))],
    'flower': [((60, 130, 60), ('p', .48, .5, .52, .5, .53, .97, .47, .97))] +
              [((230, 120, 170), ('o', .5 + .16 * np.cos(t), .35 + .16 * np.sin(t), .13, .08, np.degrees(t))) for t in np.arange(0, 6.2, 2 * np.pi / 7)] +
              [((240, 200, 60), ('o', .5, .35, .08, .08, 0))],
    'fish': [((225, 120, 40), ('p', .68, .5, .92, .32, .87, .5, .92, .68)), ((225, 120, 40), ('p', .4, .34, .62, .25, .6, .4)),
             ((240, 145, 55), ('o', .45, .5, .31, .17, 0)), ((245, 240, 230), ('o', .38, .5, .035, .155, 0)), ((10, 10, 10), ('o', .24, .46, .022, .022, 0))],
}


def ground(rng):
    """Two blurred colours, soft blobs and grain, (Q, Q, 3) float in 0..255: sky over land, more or less."""
    out = np.zeros((Q, Q, 3), np.float32)
    a, b = rng.uniform(60, 210, 3), rng.uniform(40, 190, 3)
    t = 1 / (1 + np.exp(-(np.linspace(-1, 1, Q) - rng.uniform(-.2, .4)) * rng.uniform(4, 20)))[:, None, None]
    out += a * (1 - t) + b * t
    for cells, strength in ((6, 22), (24, 14), (96, 9)):
        soft = rng.normal(0, strength, (cells, cells, 3)) * .4 + rng.normal(0, strength, (cells, cells, 1))
        out += cv2.resize(soft.astype(np.float32), (Q, Q), interpolation=cv2.INTER_CUBIC)
    return cv2.GaussianBlur(out, (0, 0), OVER * rng.uniform(.5, 2.5))


def draw(name, rng):
    """-> (N, N, 3) uint8 RGB, (N, N) uint8 mask"""
    paint, mask = np.zeros((Q, Q, 3), np.float32), np.zeros((Q, Q), np.uint8)
    for colour, (kind, *v) in SUBJECTS[name]:
        part = np.zeros((Q, Q), np.uint8)
        if kind == 'o':
            x, y, rx, ry, turn = v
            cv2.ellipse(part, (int(x * Q), int(y * Q)), (int(rx * Q), int(ry * Q)), turn, 0, 360, 255, -1)
        else:
            cv2.fillPoly(part, [(np.array(v).reshape(-1, 2) * Q).astype(np.int32)], 255)
        paint[part > 0] = colour
        mask |= part
    y, x = np.mgrid[:Q, :Q] / Q
    paint *= (1.18 - .38 * x - .12 * y)[..., None]
    paint += cv2.resize(rng.normal(0, 7, (64, 64, 1)).astype(np.float32), (Q, Q))[..., None]
    a = cv2.GaussianBlur(mask, (0, 0), OVER / 2)[..., None] / 255.
    shade = cv2.GaussianBlur(np.roll(mask, (OVER * 5, OVER * 6), (0, 1)), (0, 0), OVER * 5)[..., None] / 255.
    rgb = ground(rng) * (1 - .3 * shade) * (1 - a) + paint * a
    small = cv2.resize(rgb.astype(np.float32), (N, N), interpolation=cv2.INTER_AREA) + rng.normal(0, 3, (N, N, 3))
    return np.clip(small, 0, 255).astype(np.uint8), cv2.resize((a * 255).astype(np.uint8), (N, N), interpolation=cv2.INTER_AREA)


def expect(net, size):
    """Draws every fixture and writes net's answer beside it."""
    FOLDER.mkdir(exist_ok=True)
    for k, name in enumerate(SUBJECTS):
        rgb, mask = draw(name, np.random.default_rng(k))
        x = cv2.resize(rgb, (size, size)) if size != N else rgb
        with torch.no_grad():
            said = net(torch.from_numpy(x).permute(2, 0, 1)[None].float())[0, 0].numpy()
        cv2.imwrite(str(FOLDER / f'{name}.png'), rgb[..., ::-1])
        cv2.imwrite(str(FOLDER / f'{name}.mask.png'), mask)
        cv2.imwrite(str(FOLDER / f'{name}.recipe.png'), np.round(said * 65535).astype(np.uint16))
