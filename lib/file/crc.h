/* CRC-32 of a few bytes. */
#ifndef APROF_FILE_CRC_H
#define APROF_FILE_CRC_H

#include <aprof/types.h>

/* The common one (ISO 3309, as in zlib and Ethernet): reflected, polynomial 0x04c11db7. */
static inline u32 crc32_of(const u8 *data, size_t size)
{
	u32 crc = ~0u;

	for (size_t i = 0; i < size; i++) {
		crc ^= data[i];
		for (int bit = 0; bit < 8; bit++)
			crc = (crc >> 1) ^ (0xedb88320u & -(crc & 1));
	}
	return ~crc;
}

#endif
