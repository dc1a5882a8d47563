#ifndef ROLLCALL_ZLIB_SHIM_H
#define ROLLCALL_ZLIB_SHIM_H

#include <string.h>
#include <zlib.h>

// Compresses as gzip (RFC 1952), as small as can be. The length of the result, or 0 when it does not fit.
static inline size_t shim_gzip(const void *bytes, size_t count, void *result, size_t size) {
  z_stream stream;
  memset(&stream, 0, sizeof stream);
  // 15 bits of window, and 16 for gzip's header.
  if (deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY) != Z_OK) return 0;
  stream.next_in = (Bytef *)bytes;
  stream.avail_in = (uInt)count;
  stream.next_out = (Bytef *)result;
  stream.avail_out = (uInt)size;
  int code = deflate(&stream, Z_FINISH);
  size_t length = stream.total_out;
  deflateEnd(&stream);
  return code == Z_STREAM_END ? length : 0;
}

#endif
