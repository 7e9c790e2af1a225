package ogg

// crcPolynomial is the generator of Ogg's page checksum: not reflected, starting at
// zero, without a final inversion (RFC 3533 section 6, field 7), unlike hash/crc32.
const crcPolynomial = 0x04c11db7

// crcTable holds the remainder of every leading byte. It is never changed.
var crcTable = makeCRCTable()

func makeCRCTable() (table [256]uint32) {
	for i := range table {
		remainder := uint32(i) << 24
		for range 8 {
			carry := remainder&(1<<31) != 0
			remainder <<= 1
			if carry {
				remainder ^= crcPolynomial
			}
		}
		table[i] = remainder
	}
	return table
}

// updateCRC continues the checksum over data.
func updateCRC(crc uint32, data []byte) uint32 {
	for _, b := range data {
		crc = crc<<8 ^ crcTable[byte(crc>>24)^b]
	}
	return crc
}

// pageCRC returns the checksum of a whole page, taking its checksum field as zero.
func pageCRC(page []byte) uint32 {
	crc := updateCRC(0, page[:crcOffset])
	crc = updateCRC(crc, []byte{0, 0, 0, 0})
	return updateCRC(crc, page[crcOffset+4:])
}
