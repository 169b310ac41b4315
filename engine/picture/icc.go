package picture

import "encoding/binary"

// maxICC is the largest colour profile that is kept. Profiles with large
// tables take a few hundred kilobytes.
const maxICC = 4 << 20

// isICC says whether p is a colour profile that can be embedded: it has the
// signature, and as many bytes as it says (ICC.1:2022, 7.2).
func isICC(p []byte) bool {
	return len(p) >= 132 && len(p) <= maxICC && string(p[36:40]) == "acsp" &&
		int64(binary.BigEndian.Uint32(p)) <= int64(len(p))
}

// isRGB says whether p is a profile of an RGB space. A profile of another
// space does not fit the pixels once they have become RGB.
func isRGB(p []byte) bool { return isICC(p) && string(p[16:20]) == "RGB " }

// isGrey says whether p is a profile of a grey scale.
func isGrey(p []byte) bool { return isICC(p) && string(p[16:20]) == "GRAY" }
