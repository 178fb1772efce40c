//===- SharedObject.cpp - C++ source as a shared object ------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Tools/SharedObject.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/ScopeExit.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Process.h"
#include "llvm/Support/Program.h"
#include "llvm/Support/SHA256.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/TargetParser/Host.h"
#include <fmt/format.h>
#include <unistd.h>

using namespace llvm;

namespace normc {

/// The system's compiler and its arguments, but for the files. Sums keep their order: nothing is contracted.
static Expected<std::vector<std::string>> compilerCommand() {
  std::vector<std::string> command;
  if (std::optional<std::string> chosen = sys::Process::GetEnv("CXX"); chosen && !chosen->empty()) {
    // It may carry arguments, as for make: "ccache g++".
    SmallVector<StringRef> words;
    SplitString(*chosen, words);
    for (StringRef word : words)
      command.push_back(word.str());
    ErrorOr<std::string> program = sys::findProgramByName(command.front());
    if (!program)
      return createStringError(fmt::format("CXX names the compiler {}, which is not found", command.front()));
    command.front() = *program;
  } else {
    for (StringRef name : {"c++", "g++", "clang++"})
      if (ErrorOr<std::string> program = sys::findProgramByName(name)) {
        command.push_back(*program);
        break;
      }
    if (command.empty())
      return createStringError("no C++ compiler is found: install g++ or clang++, or name one in CXX");
  }
  for (const char *argument : {"-std=c++17", "-O3", "-march=native", "-fopenmp", "-ffp-contract=off", "-fno-math-errno",
                               "-fPIC", "-shared", "-x", "c++"})
    command.push_back(argument);
#ifdef __x86_64__
  command.push_back("-mprefer-vector-width=512"); // GCC and Clang halve vectors otherwise
#endif
  if (std::optional<std::string> flags = sys::Process::GetEnv("NORMC_CXXFLAGS")) {
    SmallVector<StringRef> words;
    SplitString(*flags, words);
    for (StringRef word : words)
      command.push_back(word.str());
  }
  return command;
}

/// A new directory of one's own; gone when the scope ends.
static Expected<std::string> temporaryDirectory() {
  SmallString<128> path;
  if (std::error_code code = sys::fs::createUniqueDirectory("normc", path))
    return createStringError(fmt::format("a temporary directory cannot be made: {}", code.message()));
  return std::string(path);
}

static Error writeFile(StringRef path, StringRef text) {
  std::error_code code;
  raw_fd_ostream file(path, code);
  if (!code) {
    file << text;
    file.close();
    code = file.error();
    file.clear_error();
  }
  if (code)
    return createStringError(fmt::format("{}: cannot be written: {}", path.str(), code.message()));
  return Error::success();
}

/// Copies beside the target, then renames, so that nobody ever sees a part.
static Error moveInto(StringRef from, StringRef path) {
  SmallString<128> beside;
  int descriptor = -1;
  std::error_code code = sys::fs::createUniqueFile(path + ".%%%%%%%%", descriptor, beside, sys::fs::OF_None,
                                                   sys::fs::all_read | sys::fs::all_write | sys::fs::all_exe);
  if (!code) {
    code = sys::fs::copy_file(from, descriptor);
    if (::close(descriptor) != 0 && !code)
      code = std::error_code(errno, std::generic_category());
    if (!code)
      code = sys::fs::rename(beside, path);
    if (code)
      sys::fs::remove(beside);
  }
  if (code)
    return createStringError(fmt::format("{}: cannot be written: {}", path.str(), code.message()));
  return Error::success();
}

Error compileSharedObject(StringRef source, StringRef path, ArrayRef<std::string> objects) {
  Expected<std::vector<std::string>> command = compilerCommand();
  if (!command)
    return command.takeError();
  Expected<std::string> directory = temporaryDirectory();
  if (!directory)
    return directory.takeError();
  auto cleanup = make_scope_exit([&] { sys::fs::remove_directories(*directory); });
  const std::string input = *directory + "/kernel.cpp", output = *directory + "/kernel.so", log = *directory + "/log";
  if (Error error = writeFile(input, source))
    return error;
  command->insert(command->end(), {input, "-o", output});
  for (auto [index, object] : enumerate(objects)) {
    const std::string file = fmt::format("{}/object{}.o", *directory, index);
    if (Error error = writeFile(file, object))
      return error;
    command->insert(command->end(), {"-x", "none", file}); // not C++, as the files before
  }
  std::vector<StringRef> arguments(command->begin(), command->end());
  std::string message;
  int status = sys::ExecuteAndWait(arguments.front(), arguments, std::nullopt, {StringRef(""), StringRef(log), StringRef(log)},
                                   /*SecondsToWait=*/600, /*MemoryLimit=*/0, &message);
  if (status != 0) {
    auto printed = MemoryBuffer::getFile(log);
    std::string what = printed ? (*printed)->getBuffer().take_front(4000).str() : std::string();
    return createStringError(fmt::format("{} failed with status {} on the emitted C++{}{}\n{}", command->front(), status,
                                         message.empty() ? "" : ": ", message, what));
  }
  return moveInto(output, path);
}

/// The cache directory of this user, which nobody else can write to.
static Expected<std::string> cacheDirectory() {
  SmallString<128> path;
  if (!sys::path::cache_directory(path))
    return createStringError("no cache directory is known: set HOME or XDG_CACHE_HOME");
  sys::path::append(path, "normc");
  if (std::error_code code = sys::fs::create_directories(path, true, sys::fs::owner_all))
    return createStringError(fmt::format("{}: cannot be made: {}", path.str().str(), code.message()));
  sys::fs::file_status status;
  if (std::error_code code = sys::fs::status(path, status))
    return createStringError(fmt::format("{}: cannot be looked at: {}", path.str().str(), code.message()));
  if (status.getUser() != ::geteuid())
    return createStringError(fmt::format("{}: belongs to another user, so what lies there is not trusted; set "
                                         "XDG_CACHE_HOME to a directory of your own",
                                         path.str().str()));
  if ((status.permissions() & sys::fs::all_perms) != sys::fs::owner_all)
    if (std::error_code code = sys::fs::setPermissions(path, sys::fs::owner_all))
      return createStringError(fmt::format("{}: cannot be kept to this user: {}", path.str().str(), code.message()));
  return std::string(path);
}

/// What the compiler says of itself, so that another version does not find what this one made.
static std::string compilerIdentity(const std::vector<std::string> &command) {
  sys::fs::file_status status;
  std::string identity = join(command, " ");
  if (!sys::fs::status(command.front(), status))
    identity += fmt::format(" {} {}", status.getSize(), status.getLastModificationTime().time_since_epoch().count());
  identity += " " + sys::getHostCPUName().str();
  return identity;
}

Expected<std::string> compileCached(StringRef source, ArrayRef<std::string> objects) {
  Expected<std::vector<std::string>> command = compilerCommand();
  if (!command)
    return command.takeError();
  Expected<std::string> directory = cacheDirectory();
  if (!directory)
    return directory.takeError();
  SHA256 hash;
  hash.update(compilerIdentity(*command));
  hash.update(source);
  for (const std::string &object : objects) {
    hash.update(fmt::format("object {} ", object.size()));
    hash.update(object);
  }
  std::string path = fmt::format("{}/{}.so", *directory, toHex(hash.final(), /*LowerCase=*/true));
  if (!sys::fs::exists(path))
    if (Error error = compileSharedObject(source, path, objects))
      return error;
  return path;
}

} // namespace normc
