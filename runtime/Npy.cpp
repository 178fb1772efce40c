//===- Npy.cpp - NumPy files ------------------------------------*- C++ -*-===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "runtime/Npy.h"

#include "runtime/Extents.h"
#include "runtime/NpyHeader.h"
#include "runtime/Types.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "elements are copied as they are, and are little-endian");

namespace normc::runtime {

static std::string arrayText(const NpyHeader &header) {
  return toText({header.extents.data(), int32_t(header.extents.size())}) + "x" + typeName(header.type);
}

namespace {
/// A file descriptor, closed in the end unless it is a standard stream.
class File {
public:
  explicit File(int descriptor) : descriptor(descriptor) {}
  File(const File &) = delete;
  File &operator=(const File &) = delete;
  ~File() { (void)close(); }

  int get() const { return descriptor; }
  bool isOpen() const { return descriptor >= 0; }

  /// False, with errno, where the system says only now that data was lost.
  bool close() {
    int closing = std::exchange(descriptor, -1);
    return closing <= STDERR_FILENO || ::close(closing) == 0;
  }

private:
  int descriptor;
};

class Reader {
public:
  Reader(int descriptor, std::string &error) : descriptor(descriptor), error(error) {}
  bool run(NpyArray &array);

private:
  bool fail(std::string message) {
    error = std::move(message);
    return false;
  }

  /// Reads until `size` bytes are there or the input ends; `got` says how many there were.
  bool read(void *into, size_t size, size_t &got);
  bool readHeader(NpyHeader &header);
  bool readSized(const NpyHeader &header, int64_t left, Buffer &data);
  bool readStream(const NpyHeader &header, Buffer &data);
  bool truncated(const NpyHeader &header, int64_t found) {
    return fail("truncated data; expected " + std::to_string(header.bytes) + " bytes for " + arrayText(header) +
                ", found " + std::to_string(found));
  }
  bool outOfMemory(const NpyHeader &header) {
    return fail("out of memory for the " + std::to_string(header.bytes) + " bytes of " + arrayText(header));
  }

  int descriptor;
  std::string &error;
};
} // namespace

bool Reader::read(void *into, size_t size, size_t &got) {
  // Linux moves at most 2 GiB at a time anyway.
  constexpr size_t limit = size_t(1) << 30;
  for (got = 0; got < size;) {
    ssize_t count = ::read(descriptor, static_cast<char *>(into) + got, std::min(size - got, limit));
    if (count < 0 && errno == EINTR)
      continue;
    if (count < 0)
      return fail(std::strerror(errno));
    if (count == 0)
      break;
    got += size_t(count);
  }
  return true;
}

bool Reader::readHeader(NpyHeader &header) {
  // Longer ones belong to structured dtypes of hundreds of fields, or to no header at all.
  constexpr size_t limit = 65536;
  unsigned char prefix[12];
  size_t got = 0;
  if (!read(prefix, 6, got))
    return false;
  if (got < 6 || std::memcmp(prefix, "\x93NUMPY", 6) != 0)
    return fail("not a .npy file; it does not begin with the magic bytes");
  if (!read(prefix, 2, got))
    return false;
  if (got < 2)
    return fail("truncated header; it ends before the version");
  unsigned major = prefix[0], minor = prefix[1];
  if (major < 1 || major > 3 || minor != 0)
    return fail("version " + std::to_string(major) + "." + std::to_string(minor) +
                " of the .npy format is not supported; 1.0, 2.0 and 3.0 are");
  size_t width = major == 1 ? 2 : 4, length = 0;
  if (!read(prefix, width, got))
    return false;
  if (got < width)
    return fail("truncated header; it ends before its length");
  for (size_t i = 0; i < width; ++i)
    length |= size_t(prefix[i]) << (8 * i);
  if (length > limit)
    return fail("header of " + std::to_string(length) + " bytes; at most " + std::to_string(limit) + " are supported");
  std::string text(length, ' ');
  if (!read(text.data(), length, got))
    return false;
  if (got < length)
    return fail("truncated header; expected " + std::to_string(length) + " bytes, found " + std::to_string(got));
  std::string fault = parseNpyHeader(text, header);
  return fault.empty() || fail(fault);
}

bool Reader::readSized(const NpyHeader &header, int64_t left, Buffer &data) {
  if (left < header.bytes)
    return truncated(header, left);
  if (left > header.bytes)
    return fail("trailing bytes; expected " + std::to_string(header.bytes) + " bytes for " + arrayText(header) +
                ", found " + std::to_string(left));
  if (!data.allocate(size_t(header.bytes)))
    return outOfMemory(header);
  size_t got = 0;
  if (!read(data.data(), data.size(), got))
    return false;
  return got == data.size() || truncated(header, int64_t(got));
}

bool Reader::readStream(const NpyHeader &header, Buffer &data) {
  // Nobody knows what will come, so memory grows with what came.
  size_t total = size_t(header.bytes), have = 0, got = 0;
  if (!data.allocate(std::min(total, size_t(1) << 20)))
    return outOfMemory(header);
  while (true) {
    if (!read(static_cast<char *>(data.data()) + have, data.size() - have, got))
      return false;
    have += got;
    if (have < data.size())
      return truncated(header, int64_t(have));
    if (have == total)
      break;
    Buffer larger;
    if (!larger.allocate(std::min(total, 2 * have)))
      return outOfMemory(header);
    std::memcpy(larger.data(), data.data(), have);
    data = std::move(larger);
  }
  char more;
  if (!read(&more, 1, got))
    return false;
  return got == 0 || fail("trailing bytes after the " + std::to_string(total) + " bytes of " + arrayText(header));
}

bool Reader::run(NpyArray &array) {
  NpyHeader header;
  if (!readHeader(header))
    return false;
  Buffer data;
  struct stat information;
  off_t offset = lseek(descriptor, 0, SEEK_CUR);
  bool sized = offset >= 0 && fstat(descriptor, &information) == 0 && S_ISREG(information.st_mode);
  if (!(sized ? readSized(header, std::max<int64_t>(information.st_size - offset, 0), data) : readStream(header, data)))
    return false;
  if (header.type == NORMC_I1) {
    auto *bytes = static_cast<unsigned char *>(data.data());
    std::transform(bytes, bytes + data.size(), bytes, [](unsigned char byte) { return byte != 0; });
  }
  array.type = header.type;
  array.extents = std::move(header.extents);
  array.data = std::move(data);
  return true;
}

bool readNpy(const std::string &path, NpyArray &array, std::string &error) {
  bool standard = path == "-";
  File file(standard ? STDIN_FILENO : open(path.c_str(), O_RDONLY | O_CLOEXEC));
  std::string prefix = "cannot read " + (standard ? std::string("standard input") : "'" + path + "'") + ": ";
  std::string fault;
  if (!file.isOpen())
    fault = std::strerror(errno);
  else if (Reader(file.get(), fault).run(array))
    return true;
  error = prefix + fault;
  return false;
}

static bool writeAll(int descriptor, const void *data, size_t size) {
  constexpr size_t limit = size_t(1) << 30;
  const char *next = static_cast<const char *>(data);
  while (size > 0) {
    ssize_t count = ::write(descriptor, next, std::min(size, limit));
    if (count < 0 && errno == EINTR)
      continue;
    if (count < 0)
      return false;
    next += count;
    size -= size_t(count);
  }
  return true;
}

static bool writeArray(File &file, const std::string &header, const void *data, int64_t bytes) {
  return writeAll(file.get(), header.data(), header.size()) && writeAll(file.get(), data, size_t(bytes));
}

/// Opens a new file in the directory of `path`, under a short name, as long names may leave no room for a suffix.
/// Unlike with mkstemp its mode follows the umask.
static int openBeside(const std::string &path, std::string &temporary) {
  size_t slash = path.rfind('/');
  std::string stem = slash == std::string::npos ? "" : path.substr(0, slash + 1);
  stem += ".normc-" + std::to_string(getpid()) + "-";
  for (int attempt = 0;; ++attempt) {
    temporary = stem + std::to_string(attempt) + ".npy";
    int descriptor = open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (descriptor >= 0 || errno != EEXIST || attempt == 1000)
      return descriptor;
  }
}

/// Writes beside `path` and renames; false with errno.
static bool replaceFile(const std::string &path, const struct stat *existing, const std::string &header,
                        const void *data, int64_t bytes) {
  std::string temporary;
  File file(openBeside(path, temporary));
  if (!file.isOpen())
    return false;
  // A mode that cannot be kept is no reason to lose the data.
  if (existing && fchmod(file.get(), existing->st_mode & 07777) != 0)
    errno = 0;
  if (writeArray(file, header, data, bytes) && file.close() && std::rename(temporary.c_str(), path.c_str()) == 0)
    return true;
  int reason = errno;
  unlink(temporary.c_str());
  errno = reason;
  return false;
}

static bool writeFile(const std::string &path, const std::string &header, const void *data, int64_t bytes) {
  struct stat existing;
  bool exists = stat(path.c_str(), &existing) == 0;
  if (exists && !S_ISREG(existing.st_mode)) {
    File file(open(path.c_str(), O_WRONLY | O_CLOEXEC));
    return file.isOpen() && writeArray(file, header, data, bytes) && file.close();
  }
  // Renaming over a link would replace the link, not the file that it leads to.
  char *resolved = exists ? realpath(path.c_str(), nullptr) : nullptr;
  std::string target = resolved ? resolved : path;
  std::free(resolved);
  return replaceFile(target, exists ? &existing : nullptr, header, data, bytes);
}

bool writeNpy(const std::string &path, int32_t type, const std::vector<int64_t> &extents, const void *data,
              std::string &error) {
  bool standard = path == "-";
  std::string prefix = "cannot write " + (standard ? std::string("standard output") : "'" + path + "'") + ": ";
  Shape shape{extents.data(), int32_t(extents.size())};
  int64_t bytes = 0;
  if (elementBytes(type) == 0) {
    error = prefix + "unknown type " + std::to_string(type);
    return false;
  }
  if (extents.empty() || extents.size() > size_t(maxRank) || !countBytes(shape, elementBytes(type), bytes)) {
    error = prefix + toText(shape) + "x" + typeName(type) + " is not an array of rank 1 to 8 that fits into memory";
    return false;
  }
  std::string header = formatNpyHeader(type, extents);
  bool written;
  if (standard) {
    File output(STDOUT_FILENO);
    written = writeArray(output, header, data, bytes);
  } else {
    written = writeFile(path, header, data, bytes);
  }
  if (!written)
    error = prefix + std::strerror(errno);
  return written;
}

} // namespace normc::runtime
