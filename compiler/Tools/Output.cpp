//===- Output.cpp - writing what a tool made -----------------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Tools/Output.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;

namespace normc {

static bool report(StringRef path, const Twine &reason) {
  errs() << path << ": error: cannot be written: " << reason << '\n';
  return false;
}

/// Where there is nothing to rename over: standard output, a device, a pipe.
static bool writeStraight(StringRef path, StringRef text) {
  std::error_code code;
  raw_fd_ostream stream(path, code);
  if (!code) {
    stream << text;
    stream.flush();
    code = stream.error();
    stream.clear_error();
  }
  return code ? report(path == "-" ? "standard output" : path, code.message()) : true;
}

bool writeOutput(StringRef path, StringRef text) {
  sys::fs::file_status status;
  if (path == "-" || (!sys::fs::status(path, status) && !sys::fs::is_regular_file(status)))
    return writeStraight(path, text);
  Expected<sys::fs::TempFile> file = sys::fs::TempFile::create(path + ".%%%%%%%%");
  if (!file)
    return report(path, toString(file.takeError()));
  raw_fd_ostream stream(file->FD, /*shouldClose=*/false);
  stream << text;
  stream.flush();
  if (std::error_code code = stream.error()) {
    stream.clear_error();
    consumeError(file->discard());
    return report(path, code.message());
  }
  if (Error error = file->keep(path))
    return report(path, toString(std::move(error)));
  return true;
}

} // namespace normc
