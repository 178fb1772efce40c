//===- Elf.cpp - whether a file is a whole shared object --------*- C++ -*-===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "runtime/Elf.h"

#ifdef __linux__
#include <cstring>
#include <fstream>
#include <link.h>
#endif

namespace normc::runtime {

#ifdef __linux__
std::string findElfFault(const std::string &path) {
  static const char notShared[] = "is not a shared object";
  static const char truncated[] = "is a truncated shared object";
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  if (!file)
    return "cannot be read";
  auto size = static_cast<uint64_t>(file.tellg());
  auto read = [&](uint64_t offset, void *into, size_t bytes) {
    return offset <= size && bytes <= size - offset && file.seekg(static_cast<std::streamoff>(offset)) &&
           file.read(static_cast<char *>(into), static_cast<std::streamsize>(bytes));
  };

  unsigned char identity[EI_NIDENT];
  if (!read(0, identity, sizeof identity) || std::memcmp(identity, ELFMAG, SELFMAG) != 0)
    return notShared;
  constexpr int ownClass = sizeof(void *) == 8 ? ELFCLASS64 : ELFCLASS32;
  if (identity[EI_CLASS] != ownClass)
    return "is a shared object for another kind of CPU";
  ElfW(Ehdr) header;
  if (!read(0, &header, sizeof header))
    return truncated;
  if (header.e_type != ET_DYN || header.e_phentsize != sizeof(ElfW(Phdr)))
    return notShared;
  for (unsigned i = 0; i < header.e_phnum; ++i) {
    ElfW(Phdr) segment;
    if (!read(header.e_phoff + i * sizeof segment, &segment, sizeof segment))
      return truncated;
    if (segment.p_offset > size || segment.p_filesz > size - segment.p_offset)
      return truncated;
  }
  // The section headers come last in what linkers write.
  uint64_t sections = uint64_t(header.e_shnum) * header.e_shentsize;
  if (header.e_shoff > size || sections > size - header.e_shoff)
    return truncated;
  return "";
}
#else
std::string findElfFault(const std::string &) {
  return "";
}
#endif

} // namespace normc::runtime
