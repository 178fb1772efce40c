//===- NpyHeader.cpp - the header of a NumPy file ---------------*- C++ -*-===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "runtime/NpyHeader.h"

#include "runtime/Extents.h"
#include "runtime/Types.h"

#include <cctype>

namespace normc::runtime {

namespace {
struct Dtype {
  int32_t type;
  const char *descr;
};

/// Reads the subset of Python literals that headers consist of. The first thing that is wrong is kept in `fault`.
class Parser {
public:
  explicit Parser(std::string_view text) : rest(text) {}

  std::string run(NpyHeader &header);

private:
  bool fail(std::string message) {
    if (fault.empty())
      fault = std::move(message);
    return false;
  }
  bool malformed(const char *expected) {
    return fail("malformed header: expected " + std::string(expected) + " at '" + excerpt(rest) + "'");
  }
  void skipSpace() {
    while (!rest.empty() && std::isspace(static_cast<unsigned char>(rest.front())))
      rest.remove_prefix(1);
  }
  bool peek(char c) {
    skipSpace();
    return !rest.empty() && rest.front() == c;
  }
  bool accept(char c) {
    if (!peek(c))
      return false;
    rest.remove_prefix(1);
    return true;
  }
  static std::string excerpt(std::string_view text);
  bool readString(std::string &text);
  bool readBool(bool &value);
  bool readNumber(int64_t &number);
  bool readShape();
  bool readDescr();
  bool readEntry();

  std::string_view rest;
  std::string fault;
  std::string descr;
  bool haveDescr = false, haveOrder = false, haveShape = false;
  bool fortranOrder = false;
  std::vector<int64_t> extents;
};
} // namespace

static constexpr Dtype dtypes[] = {{NORMC_F16, "<f2"}, {NORMC_BF16, "<u2"}, {NORMC_F32, "<f4"}, {NORMC_F64, "<f8"},
                                   {NORMC_I32, "<i4"}, {NORMC_I64, "<i8"},  {NORMC_I1, "|b1"}};

/// The beginning of what a file says, fit for a message.
std::string Parser::excerpt(std::string_view text) {
  constexpr size_t limit = 40;
  std::string result(text.substr(0, limit));
  for (char &c : result)
    if (c < ' ' || c > '~')
      c = '?';
  return text.size() > limit ? result + "..." : result;
}

bool Parser::readString(std::string &text) {
  skipSpace();
  if (rest.empty() || (rest.front() != '\'' && rest.front() != '"'))
    return malformed("a string");
  size_t end = rest.find(rest.front(), 1);
  if (end == std::string_view::npos)
    return malformed("the end of a string");
  text = rest.substr(1, end - 1);
  rest.remove_prefix(end + 1);
  return true;
}

bool Parser::readBool(bool &value) {
  skipSpace();
  for (bool candidate : {false, true}) {
    std::string_view word = candidate ? "True" : "False";
    if (rest.substr(0, word.size()) != word)
      continue;
    rest.remove_prefix(word.size());
    value = candidate;
    return true;
  }
  return malformed("True or False");
}

bool Parser::readNumber(int64_t &number) {
  skipSpace();
  std::string_view begin = rest;
  number = 0;
  while (!rest.empty() && rest.front() >= '0' && rest.front() <= '9') {
    if (__builtin_mul_overflow(number, int64_t(10), &number) ||
        __builtin_add_overflow(number, int64_t(rest.front() - '0'), &number))
      return fail("shape has the extent " + excerpt(begin.substr(0, begin.find_first_not_of("0123456789"))) +
                  ", which is too large");
    rest.remove_prefix(1);
  }
  if (rest.size() == begin.size())
    return malformed("an extent that is a number >= 0");
  // Python 2 wrote 3L.
  if (!rest.empty() && rest.front() == 'L')
    rest.remove_prefix(1);
  return true;
}

bool Parser::readShape() {
  if (!accept('('))
    return malformed("'(' and a shape");
  while (!accept(')')) {
    int64_t extent;
    if (!readNumber(extent))
      return false;
    extents.push_back(extent);
    if (!accept(',') && !peek(')'))
      return malformed("',' or ')' in a shape");
  }
  return true;
}

bool Parser::readDescr() {
  if (peek('[') || peek('('))
    return fail("structured dtype " + excerpt(rest.substr(0, rest.find(']') + 1)) +
                " is not supported; write its fields one by one");
  return readString(descr);
}

bool Parser::readEntry() {
  std::string key;
  if (!readString(key))
    return false;
  if (!accept(':'))
    return malformed("':'");
  bool *have = key == "descr"           ? &haveDescr
               : key == "fortran_order" ? &haveOrder
               : key == "shape"         ? &haveShape
                                        : nullptr;
  if (!have)
    return fail("malformed header: unknown key '" + excerpt(key) + "'");
  if (*have)
    return fail("malformed header: '" + key + "' appears twice");
  *have = true;
  return have == &haveDescr ? readDescr() : have == &haveOrder ? readBool(fortranOrder) : readShape();
}

static std::string checkDtype(const std::string &descr, const std::string &shown, int32_t &type) {
  std::string known;
  for (const Dtype &dtype : dtypes) {
    if (descr == dtype.descr) {
      type = dtype.type;
      return "";
    }
    if (descr.size() > 1 && descr[0] == '>' && descr.substr(1) == dtype.descr + 1)
      return "dtype '" + shown + "' is big-endian; write it as '" + dtype.descr + "'";
    known += std::string(known.empty() ? "" : ", ") + "'" + dtype.descr + "' (" + typeName(dtype.type) + ")";
  }
  return "dtype '" + shown + "' is not supported; there are " + known;
}

std::string Parser::run(NpyHeader &header) {
  if (!accept('{') && !malformed("'{'"))
    return fault;
  while (!accept('}')) {
    if (!readEntry() || (!accept(',') && !peek('}') && !malformed("',' or '}'")))
      return fault;
  }
  skipSpace();
  if (!rest.empty() && !malformed("nothing more"))
    return fault;
  if (!haveDescr || !haveOrder || !haveShape)
    return std::string("malformed header: it has no '") +
           (!haveDescr   ? "descr"
            : !haveOrder ? "fortran_order"
                         : "shape") +
           "'";
  fault = checkDtype(descr, excerpt(descr), header.type);
  if (!fault.empty())
    return fault;
  if (extents.empty())
    return "rank 0 is not supported; write a single element with shape (1,)";
  if (extents.size() > size_t(maxRank))
    return "rank " + std::to_string(extents.size()) + " is not supported; ranks go up to " + std::to_string(maxRank);
  Shape shape{extents.data(), int32_t(extents.size())};
  if (!countBytes(shape, elementBytes(header.type), header.bytes))
    return "shape " + toText(shape) + " has more bytes than can be counted";
  // A single element has one order only, and so has none at all.
  if (fortranOrder && header.bytes > elementBytes(header.type))
    return "fortran_order is True, but only row-major order is supported; write numpy.ascontiguousarray of it";
  header.extents = std::move(extents);
  return "";
}

std::string parseNpyHeader(std::string_view text, NpyHeader &header) {
  return Parser(text).run(header);
}

std::string formatNpyHeader(int32_t type, const std::vector<int64_t> &extents) {
  std::string descr;
  for (const Dtype &dtype : dtypes)
    if (dtype.type == type)
      descr = dtype.descr;
  std::string shape;
  for (size_t i = 0; i < extents.size(); ++i)
    shape += (i == 0 ? "" : ", ") + std::to_string(extents[i]);
  if (extents.size() == 1)
    shape += ",";
  std::string text = "{'descr': '" + descr + "', 'fortran_order': False, 'shape': (" + shape + "), }";

  // NumPy leaves room for the first extent to grow to 21 digits in place, and always pads by at least one space.
  constexpr size_t growth = 21, alignment = 64, prefix = 10;
  text.append(growth - std::to_string(extents.front()).size(), ' ');
  text.append(alignment - (prefix + text.size() + 1) % alignment, ' ');
  text += '\n';
  std::string header("\x93NUMPY\x01\x00", 8);
  header += static_cast<char>(text.size() & 0xFF);
  header += static_cast<char>(text.size() >> 8);
  return header + text;
}

} // namespace normc::runtime
