//===- ModuleTest.cpp - opening and describing modules ----------*- C++ -*-===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "runtime/normrt.h"

#include <cstdio>
#include <cstring>
#include <fstream>
#include <gtest/gtest.h>
#include <iterator>
#include <string>
#include <unistd.h>

extern "C" int opensNothing(void);

namespace {
/// A file in the working directory that goes with the test.
struct TemporaryFile {
  std::string name;
  explicit TemporaryFile(const std::string &contents) : name("module-test-" + std::to_string(getpid()) + ".so") {
    std::ofstream(name, std::ios::binary) << contents;
  }
  ~TemporaryFile() { std::remove(name.c_str()); }
};

std::string contentsOf(const char *path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// The message of opening `path`, which must fail as a bad module.
std::string faultOf(const char *path) {
  normrt_module *module = nullptr;
  normrt_error error = {};
  EXPECT_EQ(normrt_open(path, &module, &error), NORMRT_BAD_MODULE);
  EXPECT_EQ(error.status, NORMRT_BAD_MODULE);
  EXPECT_EQ(module, nullptr);
  normrt_close(module);
  return error.message;
}

std::string quoted(const char *path) {
  return "'" + std::string(path) + "'";
}

struct ModuleTest : testing::Test {
  normrt_module *module = nullptr;
  normrt_error error = {};

  void SetUp() override { ASSERT_EQ(normrt_open(GOOD_MODULE, &module, &error), NORMRT_OK) << error.message; }
  void TearDown() override { normrt_close(module); }
  const normrt_function *find(const char *name) {
    const normrt_function *function = nullptr;
    EXPECT_EQ(normrt_find(module, name, &function, &error), NORMRT_OK) << error.message;
    return function;
  }
};
} // namespace

TEST(OpenTest, HeaderIsC) {
  EXPECT_EQ(opensNothing(), 1);
}

TEST(OpenTest, MissingFile) {
  EXPECT_EQ(faultOf("no/such/file.so"), "cannot open module 'no/such/file.so': No such file or directory");
}

TEST(OpenTest, NotARegularFile) {
  EXPECT_EQ(faultOf("."), "'.' is not a module: it is not a regular file");
  EXPECT_EQ(faultOf("/dev/zero"), "'/dev/zero' is not a module: it is not a regular file");
}

TEST(OpenTest, TextFile) {
  TemporaryFile file("func.func @f()\n");
  EXPECT_EQ(faultOf(file.name.c_str()), quoted(file.name.c_str()) + " is not a module: it is not a shared object");
}

TEST(OpenTest, EmptyFile) {
  TemporaryFile file("");
  EXPECT_EQ(faultOf(file.name.c_str()), quoted(file.name.c_str()) + " is not a module: it is not a shared object");
}

TEST(OpenTest, TruncatedFile) {
  std::string whole = contentsOf(GOOD_MODULE);
  ASSERT_GT(whole.size(), 1000u);
  for (size_t size : {size_t(20), size_t(100), whole.size() / 2, whole.size() - 1}) {
    TemporaryFile file(whole.substr(0, size));
    EXPECT_EQ(faultOf(file.name.c_str()),
              quoted(file.name.c_str()) + " is not a module: it is a truncated shared object");
  }
}

TEST(OpenTest, DamagedHeader) {
  std::string damaged = contentsOf(GOOD_MODULE);
  damaged[18] = char(0x7f); // the machine
  damaged[19] = char(0x7f);
  TemporaryFile file(damaged);
  EXPECT_EQ(faultOf(file.name.c_str()).rfind("cannot load module " + quoted(file.name.c_str()) + ": ", 0), 0u);
}

TEST(OpenTest, NameWithoutSlashIsAFileHere) {
  TemporaryFile file(contentsOf(GOOD_MODULE));
  normrt_module *module = nullptr;
  normrt_error error;
  EXPECT_EQ(normrt_open(file.name.c_str(), &module, &error), NORMRT_OK) << error.message;
  EXPECT_STREQ(error.message, "");
  normrt_close(module);
  EXPECT_EQ(faultOf("libc.so.6"), "cannot open module 'libc.so.6': No such file or directory");
}

TEST(OpenTest, NoSymbol) {
  EXPECT_EQ(faultOf(BAD_MODULE_no_symbol),
            quoted(BAD_MODULE_no_symbol) + " is not a module: it does not export normc_module_v1");
}

TEST(OpenTest, NullTable) {
  EXPECT_EQ(faultOf(BAD_MODULE_null_table), quoted(BAD_MODULE_null_table) + " is not a module: its table is null");
}

TEST(OpenTest, WrongVersion) {
  EXPECT_EQ(faultOf(BAD_MODULE_version), quoted(BAD_MODULE_version) +
                                             " is a module of version 7, but this runtime reads version 3; compile it "
                                             "again with the normc that belongs to this runtime");
  EXPECT_EQ(faultOf(BAD_MODULE_old_version), quoted(BAD_MODULE_old_version) +
                                                 " is a module of version 1, but this runtime reads version 3; compile "
                                                 "it again with the normc that belongs to this runtime");
}

TEST(OpenTest, UnknownInstructionSet) {
  EXPECT_EQ(faultOf(BAD_MODULE_unknown_set),
            quoted(BAD_MODULE_unknown_set) + " was compiled for no-such-set, which this runtime does not know on this "
                                             "CPU; compile it again for this CPU");
}

TEST(OpenTest, MissingInstructionSet) {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("xop"))
    GTEST_SKIP() << "this CPU has xop";
  EXPECT_EQ(faultOf(BAD_MODULE_missing_set),
            quoted(BAD_MODULE_missing_set) +
                " was compiled for xop and fma4, which this CPU does not have; compile it again for this CPU");
#endif
}

TEST(OpenTest, DamagedTable) {
  EXPECT_EQ(faultOf(BAD_MODULE_rank),
            quoted(BAD_MODULE_rank) + " has a damaged table: entry 'f': result 'y' has rank 9, which is not between 1 "
                                      "and 8; compile it again");
}

TEST(OpenTest, NullArguments) {
  normrt_module *module = nullptr;
  normrt_error error;
  EXPECT_EQ(normrt_open(nullptr, &module, &error), NORMRT_BAD_ARGUMENT);
  EXPECT_STREQ(error.message, "the path is null");
  EXPECT_EQ(normrt_open("", &module, &error), NORMRT_BAD_ARGUMENT);
  EXPECT_STREQ(error.message, "the path of a module is empty");
  EXPECT_EQ(normrt_open(GOOD_MODULE, nullptr, nullptr), NORMRT_BAD_ARGUMENT);
  EXPECT_EQ(normrt_function_count(nullptr), 0);
  EXPECT_EQ(normrt_argument_count(nullptr), 0);
  EXPECT_EQ(normrt_result_count(nullptr), 0);
  EXPECT_STREQ(normrt_function_name(nullptr), "");
  normrt_close(nullptr);
}

TEST(OpenTest, LongMessagesAreCutBetweenCharacters) {
  // "cannot open module '" is 20 bytes, so that a character of two bytes would straddle the end.
  std::string path = "/";
  while (path.size() < 600)
    path += "\xc3\xa9";
  std::string message = faultOf(path.c_str());
  EXPECT_EQ(message.size(), 511u);
  EXPECT_EQ(message.back(), '\xa9');
  message = faultOf(("/" + path).c_str());
  EXPECT_EQ(message.size(), 510u);
  EXPECT_EQ(message.back(), '\xa9');
}

TEST_F(ModuleTest, Functions) {
  const char *names[] = {"scale", "twice", "square_grad_forward", "square_grad_backward", "types", "threads",
                         "fail",  "same",  "increment",           "square_grad"};
  ASSERT_EQ(normrt_function_count(module), 10);
  for (int32_t i = 0; i < 10; ++i) {
    const normrt_function *function = nullptr;
    ASSERT_EQ(normrt_function_at(module, i, &function, &error), NORMRT_OK);
    EXPECT_STREQ(normrt_function_name(function), names[i]);
    EXPECT_EQ(function, find(names[i]));
  }
  const normrt_function *function = nullptr;
  for (int32_t index : {-1, 10}) {
    EXPECT_EQ(normrt_function_at(module, index, &function, &error), NORMRT_BAD_ARGUMENT);
    EXPECT_EQ(error.message, "there is no function " + std::to_string(index) + "; the module has 10");
  }
  EXPECT_EQ(normrt_find(module, "Scale", &function, &error), NORMRT_BAD_ARGUMENT);
  EXPECT_EQ(std::string(error.message),
            "there is no function 'Scale'; there are: scale, twice, square_grad_forward, square_grad_backward, types, "
            "threads, fail, same, increment, square_grad");
  EXPECT_EQ(function, nullptr);
}

TEST_F(ModuleTest, Values) {
  const normrt_function *function = find("square_grad_forward");
  ASSERT_EQ(normrt_argument_count(function), 2);
  ASSERT_EQ(normrt_result_count(function), 3);
  normrt_value value;
  ASSERT_EQ(normrt_argument(function, 0, &value, &error), NORMRT_OK);
  EXPECT_STREQ(value.name, "x");
  EXPECT_EQ(value.type, NORMC_F32);
  EXPECT_EQ(value.role, NORMC_ARGUMENT);
  EXPECT_EQ(value.updates, -1);
  EXPECT_EQ(value.rank, 1);
  EXPECT_EQ(value.extents[0], -1);
  EXPECT_EQ(value.extents[1], 0);
  ASSERT_EQ(normrt_result(function, 1, &value, &error), NORMRT_OK);
  EXPECT_STREQ(value.name, "m_new");
  EXPECT_EQ(value.position, 1);
  EXPECT_EQ(value.updates, 1);
  EXPECT_EQ(value.extents[0], 1);
  ASSERT_EQ(normrt_argument(find("square_grad_backward"), 0, &value, &error), NORMRT_OK);
  EXPECT_EQ(value.flags, NORMC_EXTENTS_ONLY);

  EXPECT_EQ(normrt_argument(function, 2, &value, &error), NORMRT_BAD_ARGUMENT);
  EXPECT_STREQ(error.message, "function 'square_grad_forward' has no argument 2; it has 2");
  EXPECT_EQ(normrt_result(function, -1, &value, &error), NORMRT_BAD_ARGUMENT);
  EXPECT_STREQ(error.message, "function 'square_grad_forward' has no result -1; it has 3");
  EXPECT_EQ(normrt_result(function, 0, nullptr, &error), NORMRT_BAD_ARGUMENT);
  EXPECT_STREQ(error.message, "the place for the value is null");
}

TEST_F(ModuleTest, GradientEntries) {
  const normrt_function *forward = nullptr, *backward = nullptr;
  ASSERT_EQ(normrt_gradient_entries(find("square_grad"), &forward, &backward, &error), NORMRT_OK);
  EXPECT_EQ(forward, find("square_grad_forward"));
  EXPECT_EQ(backward, find("square_grad_backward"));
  ASSERT_EQ(normrt_gradient_entries(find("scale"), &forward, &backward, &error), NORMRT_OK);
  EXPECT_EQ(forward, nullptr);
  EXPECT_EQ(backward, nullptr);
}
