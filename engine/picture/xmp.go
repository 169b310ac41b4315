package picture

// maxXMP is the largest XMP packet that is kept.
const maxXMP = 1 << 20

// cleanXMP is to come.
func cleanXMP(p []byte) []byte { return nil }
