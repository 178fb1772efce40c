//===- NpyTest.cpp - NumPy files --------------------------------*- C++ -*-===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "runtime/Npy.h"

#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <gtest/gtest.h>
#include <iterator>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>

using namespace normc::runtime;

namespace {
std::string contentsOf(const std::string &path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// Magic bytes, version, length and dictionary.
std::string header(const std::string &text, int major = 1) {
  std::string bytes = "\x93NUMPY";
  bytes += char(major);
  bytes += '\0';
  for (int i = 0; i < (major == 1 ? 2 : 4); ++i)
    bytes += char(text.size() >> (8 * i) & 0xFF);
  return bytes + text;
}
std::string dictionary(const std::string &descr, const std::string &shape, const std::string &order = "False") {
  return "{'descr': " + descr + ", 'fortran_order': " + order + ", 'shape': " + shape + ", }";
}

/// Works in a directory of its own, which must be empty of anything but the files named by the tests.
struct NpyTest : testing::Test {
  std::string directory, path, error;
  NpyArray array;

  void SetUp() override {
    char pattern[] = "npy-test-XXXXXX";
    ASSERT_NE(mkdtemp(pattern), nullptr);
    directory = pattern;
    path = directory + "/a.npy";
  }
  void TearDown() override {
    std::remove(path.c_str());
    EXPECT_EQ(rmdir(directory.c_str()), 0) << "a file was left";
  }

  bool read(const std::string &contents) {
    std::ofstream(path, std::ios::binary) << contents;
    return readNpy(path, array, error);
  }
  /// The message of reading a file with these contents, without the words that all have.
  std::string faultOf(const std::string &contents) {
    EXPECT_FALSE(read(contents));
    std::string prefix = "cannot read '" + path + "': ";
    EXPECT_EQ(error.substr(0, prefix.size()), prefix);
    return error.substr(std::min(prefix.size(), error.size()));
  }
  std::string headerFault(const std::string &text) { return faultOf(header(text)); }
};
} // namespace

TEST_F(NpyTest, WritesWhatNumpyWrites) {
  float values[] = {1, 2, 3, 4, 5, 6};
  ASSERT_TRUE(writeNpy(path, NORMC_F32, {2, 3}, values, error)) << error;
  std::string expected("\x93NUMPY\x01\x00\x76\x00", 10);
  expected += "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }";
  expected += std::string(58, ' ') + "\n";
  ASSERT_EQ(expected.size(), 128u);
  expected.append(reinterpret_cast<const char *>(values), sizeof values);
  EXPECT_EQ(contentsOf(path), expected);
}

TEST_F(NpyTest, WritesLongHeaders) {
  // Room for growth of the first extent included, both fit into two blocks of 64.
  uint8_t value = 1;
  ASSERT_TRUE(writeNpy(path, NORMC_I1, {1, 1, 1, 1, 1, 1, 1, 1}, &value, error)) << error;
  std::string written = contentsOf(path);
  ASSERT_EQ(written.size(), 129u);
  EXPECT_EQ(written.substr(10, 77), "{'descr': '|b1', 'fortran_order': False, 'shape': (1, 1, 1, 1, 1, 1, 1, 1), }");
  EXPECT_EQ(written[127], '\n');

  ASSERT_TRUE(writeNpy(path, NORMC_F64, {1, 1000000000, 1000000000, 0}, nullptr, error)) << error;
  written = contentsOf(path);
  EXPECT_EQ(written.size(), 128u);
}

TEST_F(NpyTest, RoundTrip) {
  struct Case {
    int32_t type;
    size_t bytes;
    const char *descr;
  };
  for (Case c : {Case{NORMC_F16, 2, "<f2"},
                 {NORMC_BF16, 2, "<u2"},
                 {NORMC_F32, 4, "<f4"},
                 {NORMC_F64, 8, "<f8"},
                 {NORMC_I32, 4, "<i4"},
                 {NORMC_I64, 8, "<i8"},
                 {NORMC_I1, 1, "|b1"}}) {
    std::vector<unsigned char> values(3 * c.bytes);
    for (size_t i = 0; i < values.size(); ++i)
      values[i] = c.type == NORMC_I1 ? i % 2 : 7 * i + 200;
    ASSERT_TRUE(writeNpy(path, c.type, {3, 1}, values.data(), error)) << error;
    EXPECT_EQ(contentsOf(path).substr(21, 3), c.descr);
    ASSERT_TRUE(readNpy(path, array, error)) << error;
    EXPECT_EQ(array.type, c.type);
    EXPECT_EQ(array.extents, (std::vector<int64_t>{3, 1}));
    ASSERT_EQ(array.data.size(), values.size());
    EXPECT_EQ(std::memcmp(array.data.data(), values.data(), values.size()), 0);
    EXPECT_EQ(reinterpret_cast<uintptr_t>(array.data.data()) % 64, 0u);
  }
}

TEST_F(NpyTest, Versions) {
  for (int major : {1, 2, 3})
    EXPECT_TRUE(read(header(dictionary("'<f4'", "(2,)"), major) + "12345678")) << error;
  EXPECT_EQ(faultOf(header(dictionary("'<f4'", "(2,)"), 4)),
            "version 4.0 of the .npy format is not supported; 1.0, 2.0 and 3.0 are");
}

TEST_F(NpyTest, AnyLayoutOfTheDictionary) {
  EXPECT_TRUE(read(header("{ \"shape\" :( 2L ,1 ) , \"descr\":\"<f4\", \"fortran_order\":False}  \n") + "12345678"))
      << error;
  EXPECT_EQ(array.extents, (std::vector<int64_t>{2, 1}));
}

TEST_F(NpyTest, EmptyArrays) {
  EXPECT_TRUE(read(header(dictionary("'<f4'", "(0, 3)")))) << error;
  EXPECT_EQ(array.data.size(), 0u);
  EXPECT_NE(array.data.data(), nullptr);
  EXPECT_EQ(faultOf(header(dictionary("'<f4'", "(0, 3)")) + "1"),
            "trailing bytes; expected 0 bytes for 0x3xf32, found 1");
}

TEST_F(NpyTest, BoolsBecomeZeroOrOne) {
  ASSERT_TRUE(read(header(dictionary("'|b1'", "(4,)")) + std::string("\x00\x01\x02\xff", 4))) << error;
  EXPECT_EQ(std::memcmp(array.data.data(), "\x00\x01\x01\x01", 4), 0);
}

TEST_F(NpyTest, Magic) {
  std::string fault = "not a .npy file; it does not begin with the magic bytes";
  EXPECT_EQ(faultOf(""), fault);
  EXPECT_EQ(faultOf("\x93NUM"), fault);
  EXPECT_EQ(faultOf("PK\x03\x04 an archive"), fault);
}

TEST_F(NpyTest, TruncatedHeader) {
  std::string whole = header(dictionary("'<f4'", "(2,)"));
  EXPECT_EQ(faultOf(whole.substr(0, 7)), "truncated header; it ends before the version");
  EXPECT_EQ(faultOf(whole.substr(0, 9)), "truncated header; it ends before its length");
  EXPECT_EQ(faultOf(whole.substr(0, 20)),
            "truncated header; expected " + std::to_string(whole.size() - 10) + " bytes, found 10");
  EXPECT_EQ(faultOf(std::string("\x93NUMPY\x02\x00\xff\xff\xff\xff", 12)),
            "header of 4294967295 bytes; at most 65536 are supported");
}

TEST_F(NpyTest, DataSize) {
  std::string text = header(dictionary("'<f4'", "(3, 4)"));
  EXPECT_EQ(faultOf(text + std::string(40, 'x')), "truncated data; expected 48 bytes for 3x4xf32, found 40");
  EXPECT_EQ(faultOf(text + std::string(50, 'x')), "trailing bytes; expected 48 bytes for 3x4xf32, found 50");
  // Nothing of this size is allocated.
  EXPECT_EQ(headerFault(dictionary("'<f8'", "(1000000000, 1000000000)")),
            "truncated data; expected 8000000000000000000 bytes for 1000000000x1000000000xf64, found 0");
}

TEST_F(NpyTest, Dtypes) {
  std::string known = "'<f2' (f16), '<u2' (bf16), '<f4' (f32), '<f8' (f64), '<i4' (i32), '<i8' (i64), '|b1' (i1)";
  for (const char *descr : {"<c8", "<i2", "|u1", "|O", "<U3", "<f16", "", "f4", "=f4"})
    EXPECT_EQ(headerFault(dictionary("'" + std::string(descr) + "'", "(2,)")),
              "dtype '" + std::string(descr) + "' is not supported; there are " + known);
  EXPECT_EQ(headerFault(dictionary("'>f4'", "(2,)")), "dtype '>f4' is big-endian; write it as '<f4'");
  EXPECT_EQ(headerFault(dictionary("[('a', '<f4')]", "(2,)")),
            "structured dtype [('a', '<f4')] is not supported; write its fields one by one");
}

TEST_F(NpyTest, Order) {
  EXPECT_EQ(headerFault(dictionary("'<f4'", "(2, 3)", "True")),
            "fortran_order is True, but only row-major order is supported; write numpy.ascontiguousarray of it");
  EXPECT_TRUE(read(header(dictionary("'<f4'", "(1, 1)", "True")) + "1234")) << error;
}

TEST_F(NpyTest, Ranks) {
  EXPECT_EQ(headerFault(dictionary("'<f4'", "()")), "rank 0 is not supported; write a single element with shape (1,)");
  EXPECT_EQ(headerFault(dictionary("'<f4'", "(1, 1, 1, 1, 1, 1, 1, 1, 1)")),
            "rank 9 is not supported; ranks go up to 8");
}

TEST_F(NpyTest, Overflow) {
  EXPECT_EQ(headerFault(dictionary("'<f4'", "(99999999999999999999,)")),
            "shape has the extent 99999999999999999999, which is too large");
  EXPECT_EQ(headerFault(dictionary("'<f4'", "(4294967296, 4294967296)")),
            "shape 4294967296x4294967296 has more bytes than can be counted");
  EXPECT_EQ(headerFault(dictionary("'<f4'", "(9223372036854775807,)")),
            "shape 9223372036854775807 has more bytes than can be counted");
}

TEST_F(NpyTest, MalformedHeaders) {
  EXPECT_EQ(headerFault(""), "malformed header: expected '{' at ''");
  EXPECT_EQ(headerFault("{'descr'"), "malformed header: expected ':' at ''");
  EXPECT_EQ(headerFault("{'descr': '<f4', "), "malformed header: expected a string at ''");
  EXPECT_EQ(headerFault("{'descr': '<f4"), "malformed header: expected the end of a string at ''<f4'");
  EXPECT_EQ(headerFault("{'descr': '<f4' 'shape'"), "malformed header: expected ',' or '}' at ''shape''");
  EXPECT_EQ(headerFault("{'shape': (-1,)"), "malformed header: expected an extent that is a number >= 0 at '-1,)'");
  EXPECT_EQ(headerFault("{'shape': (1 2)"), "malformed header: expected ',' or ')' in a shape at '2)'");
  EXPECT_EQ(headerFault("{'shape': 3}"), "malformed header: expected '(' and a shape at '3}'");
  EXPECT_EQ(headerFault("{'fortran_order': 1}"), "malformed header: expected True or False at '1}'");
  EXPECT_EQ(headerFault("{'order': 1}"), "malformed header: unknown key 'order'");
  EXPECT_EQ(headerFault("{'shape': (1,), 'shape': (1,)}"), "malformed header: 'shape' appears twice");
  EXPECT_EQ(headerFault("{}"), "malformed header: it has no 'descr'");
  EXPECT_EQ(headerFault("{'descr': '<f4', 'fortran_order': False}"), "malformed header: it has no 'shape'");
  EXPECT_EQ(headerFault(dictionary("'<f4'", "(2,)") + "x\n"), "malformed header: expected nothing more at 'x?'");
}

TEST_F(NpyTest, UnreadableFiles) {
  EXPECT_FALSE(readNpy("no/such.npy", array, error));
  EXPECT_EQ(error, "cannot read 'no/such.npy': No such file or directory");
  EXPECT_FALSE(readNpy(directory, array, error));
  EXPECT_EQ(error, "cannot read '" + directory + "': Is a directory");
  EXPECT_FALSE(readNpy("/dev/null", array, error));
  EXPECT_EQ(error, "cannot read '/dev/null': not a .npy file; it does not begin with the magic bytes");
}

/// A pipe has no size, so it is read as it comes.
TEST_F(NpyTest, Streams) {
  ASSERT_EQ(mkfifo(path.c_str(), 0600), 0);
  auto readStream = [&](const std::string &contents) {
    std::thread writer([&] { std::ofstream(path, std::ios::binary) << contents; });
    bool done = readNpy(path, array, error);
    writer.join();
    return done;
  };
  std::string large(5000000, '\0');
  for (size_t i = 0; i < large.size(); ++i)
    large[i] = char(i * 31 >> 3);
  std::string text = header(dictionary("'<i4'", "(1250, 1000)"));
  ASSERT_TRUE(readStream(text + large)) << error;
  ASSERT_EQ(array.data.size(), large.size());
  EXPECT_EQ(std::memcmp(array.data.data(), large.data(), large.size()), 0);
  EXPECT_FALSE(readStream(text + large.substr(0, 4999999)));
  EXPECT_EQ(error,
            "cannot read '" + path + "': truncated data; expected 5000000 bytes for 1250x1000xi32, found 4999999");
  EXPECT_FALSE(readStream(text + large + "x"));
  EXPECT_EQ(error, "cannot read '" + path + "': trailing bytes after the 5000000 bytes of 1250x1000xi32");
  EXPECT_FALSE(readStream(header(dictionary("'<f8'", "(1000000000, 1000000000)")) + "1234"));
  EXPECT_EQ(error, "cannot read '" + path +
                       "': truncated data; expected 8000000000000000000 bytes for 1000000000x1000000000xf64, found 4");
  EXPECT_TRUE(readStream(header(dictionary("'<i4'", "(0,)")))) << error;
}

TEST_F(NpyTest, StandardStreams) {
  int32_t value = 42;
  int input = dup(STDIN_FILENO), output = dup(STDOUT_FILENO);
  std::fflush(stdout);
  int file = open(path.c_str(), O_RDWR | O_CREAT, 0600);
  dup2(file, STDOUT_FILENO);
  bool written = writeNpy("-", NORMC_I32, {1}, &value, error);
  dup2(output, STDOUT_FILENO);
  lseek(file, 0, SEEK_SET);
  dup2(file, STDIN_FILENO);
  std::string readError;
  bool done = readNpy("-", array, readError);
  std::string endError;
  bool again = readNpy("-", array, endError);
  dup2(input, STDIN_FILENO);
  for (int descriptor : {input, output, file})
    close(descriptor);
  EXPECT_TRUE(written) << error;
  EXPECT_TRUE(done) << readError;
  EXPECT_EQ(*static_cast<int32_t *>(array.data.data()), 42);
  EXPECT_FALSE(again);
  EXPECT_EQ(endError, "cannot read standard input: not a .npy file; it does not begin with the magic bytes");
}

TEST_F(NpyTest, ReplacesWholeFiles) {
  std::ofstream(path) << "old";
  ASSERT_EQ(chmod(path.c_str(), 0640), 0);
  std::string link = directory + "/link";
  ASSERT_EQ(symlink("a.npy", link.c_str()), 0);
  int32_t value = 1;
  EXPECT_TRUE(writeNpy(link, NORMC_I32, {1}, &value, error)) << error;
  struct stat information;
  EXPECT_EQ(lstat(link.c_str(), &information), 0);
  EXPECT_TRUE(S_ISLNK(information.st_mode));
  std::remove(link.c_str());
  EXPECT_EQ(stat(path.c_str(), &information), 0);
  EXPECT_EQ(information.st_mode & 0777, 0640u);
  EXPECT_TRUE(readNpy(path, array, error)) << error;
}

TEST_F(NpyTest, ModeFollowsUmask) {
  int32_t value = 1;
  mode_t mask = umask(027);
  bool written = writeNpy(path, NORMC_I32, {1}, &value, error);
  umask(mask);
  EXPECT_TRUE(written) << error;
  struct stat information;
  EXPECT_EQ(stat(path.c_str(), &information), 0);
  EXPECT_EQ(information.st_mode & 0777, 0640u);
}

TEST_F(NpyTest, UnwritableFiles) {
  std::vector<int32_t> values(100000);
  EXPECT_TRUE(writeNpy("/dev/null", NORMC_I32, {100000}, values.data(), error)) << error;
  EXPECT_FALSE(writeNpy("/dev/full", NORMC_I32, {100000}, values.data(), error));
  EXPECT_EQ(error, "cannot write '/dev/full': No space left on device");
  EXPECT_FALSE(writeNpy("no/such.npy", NORMC_I32, {100000}, values.data(), error));
  EXPECT_EQ(error, "cannot write 'no/such.npy': No such file or directory");
  EXPECT_FALSE(writeNpy(directory, NORMC_I32, {100000}, values.data(), error));
  EXPECT_EQ(error, "cannot write '" + directory + "': Is a directory");
}

TEST_F(NpyTest, RefusesWhatIsNoArray) {
  EXPECT_FALSE(writeNpy(path, 0, {1}, nullptr, error));
  EXPECT_EQ(error, "cannot write '" + path + "': unknown type 0");
  EXPECT_FALSE(writeNpy(path, NORMC_F32, {}, nullptr, error));
  EXPECT_EQ(error, "cannot write '" + path + "': ()xf32 is not an array of rank 1 to 8 that fits into memory");
  EXPECT_FALSE(writeNpy(path, NORMC_F32, {INT64_MAX}, nullptr, error));
}
