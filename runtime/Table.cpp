//===- Table.cpp - checks of a module's table -------------------*- C++ -*-===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "runtime/Table.h"

#include "runtime/Function.h"
#include "runtime/Gpu/GpuTable.h"
#include "runtime/Types.h"

#include <set>
#include <vector>

namespace normc::runtime {

static std::string toText(int64_t number) {
  return std::to_string(number);
}

static Status checkValue(const normc_value &value, const std::string &what, int32_t symbolCount) {
  if (!value.name)
    return badModule(what + " has no name");
  if (elementBytes(value.type) == 0)
    return badModule(what + " has the unknown type " + toText(value.type));
  if (value.rank < 1 || value.rank > maxRank)
    return badModule(what + " has rank " + toText(value.rank) + ", which is not between 1 and 8");
  if (!value.extents)
    return badModule(what + " has no extents");
  for (int64_t extent : shapeOf(value))
    if (extent < -int64_t(symbolCount))
      return badModule(what + " uses extent symbol " + toText(-1 - extent) + ", but there are " + toText(symbolCount));
  int64_t bytes;
  if (!hasSymbols(value) && !countBytes(shapeOf(value), elementBytes(value.type), bytes))
    return badModule(what + " is " + toText(shapeOf(value)) + ", which is more bytes than can be counted");
  if (value.position < 0)
    return badModule(what + " has position " + toText(value.position));
  if (value.shard < 0 || value.shard > value.rank)
    return badModule(what + " is split along axis " + toText(int64_t(value.shard) - 1) + ", but its rank is " + toText(value.rank));
  if (value.shard > 0 && value.extents[value.shard - 1] >= 0)
    return badModule(what + " is split along axis " + toText(value.shard - 1) + ", of which a call does not determine the extent");
  return {};
}

static Status checkArgument(const Signature &signature, int32_t index, const std::string &what) {
  const normc_value &value = signature.arguments[index];
  if (Status failed = checkValue(value, what, signature.symbolCount))
    return failed;
  if (value.role < NORMC_ARGUMENT || value.role > NORMC_COTANGENT)
    return badModule(what + " has role " + toText(value.role) + ", which no argument has");
  if ((value.flags & ~(NORMC_EXTENTS_ONLY | NORMC_NONZERO)) != 0)
    return badModule(what + " has the unknown flags " + toText(value.flags));
  return {};
}

static Status checkResult(const Signature &signature, int32_t index, const std::string &what) {
  const normc_value &value = signature.results[index];
  if (Status failed = checkValue(value, what, signature.symbolCount))
    return failed;
  if (value.role != NORMC_RESULT && value.role != NORMC_SAVED && value.role != NORMC_GRADIENT)
    return badModule(what + " has role " + toText(value.role) + ", which no result has");
  if ((value.flags & ~(NORMC_SHARE | NORMC_INPLACE)) != 0)
    return badModule(what + " has the unknown flags " + toText(value.flags));
  if ((value.flags & NORMC_INPLACE) != 0 && value.updates < 0)
    return badModule(what + " is written in place, but updates no argument");
  const bool isReal = value.type >= NORMC_F16 && value.type <= NORMC_F64;
  if ((value.flags & NORMC_SHARE) != 0 && (!isReal || value.shard != 0))
    return badModule(what + " is a share, but " + (isReal ? "is split" : "its elements are integers"));
  if (value.updates < -1 || value.updates >= signature.argumentCount)
    return badModule(what + " updates argument " + toText(value.updates) + ", but there are " +
                     toText(signature.argumentCount));
  if (value.updates >= 0 && signature.arguments[value.updates].type != value.type)
    return badModule(what + " is " + typeName(value.type) + ", but updates an argument that is " +
                     typeName(signature.arguments[value.updates].type));
  return {};
}

/// Every symbol must have a value at every call, and only arguments can give it one.
static Status checkSymbols(const Signature &signature, const std::string &what) {
  std::vector<bool> bound(signature.symbolCount);
  for (int32_t i = 0; i < signature.argumentCount; ++i)
    for (int64_t extent : shapeOf(signature.arguments[i]))
      if (extent < 0)
        bound[-1 - extent] = true;
  for (int32_t symbol = 0; symbol < signature.symbolCount; ++symbol)
    if (!bound[symbol])
      return badModule(what + ": no argument has extent symbol " + toText(symbol));
  return {};
}

static Status checkSignature(const Signature &signature, const std::string &what) {
  if (signature.argumentCount < 0 || signature.resultCount < 0 || signature.symbolCount < 0)
    return badModule(what + " has a negative count of arguments, results or symbols");
  // Each symbol is an extent of some argument, which bounds what is allocated below.
  if (signature.symbolCount > int64_t(signature.argumentCount) * maxRank)
    return badModule(what + " has " + toText(signature.symbolCount) + " extent symbols for " +
                     toText(signature.argumentCount) + " arguments");
  if ((signature.argumentCount > 0 && !signature.arguments) || (signature.resultCount > 0 && !signature.results))
    return badModule(what + " has arguments or results without a description");
  for (int32_t i = 0; i < signature.argumentCount; ++i)
    if (Status failed = checkArgument(signature, i, what + ": " + describeArgument(signature, i)))
      return failed;
  for (int32_t i = 0; i < signature.resultCount; ++i)
    if (Status failed = checkResult(signature, i, what + ": " + describeResult(signature, i)))
      return failed;
  return checkSymbols(signature, what);
}

namespace {
/// Checks that the two entries of a gradient can be joined: each value that flows from one table to another exists
/// there and is stored in the same way.
struct GradientCheck {
  Signature joint, forward, backward;
  std::string what;
  // How many values of each kind there are, to be indexed by position.
  int32_t arguments, results, cotangents, gradients, saved;

  GradientCheck(Signature joint, Signature forward, Signature backward, std::string what)
      : joint(joint), forward(forward), backward(backward), what(std::move(what)),
        arguments(countRole(joint.arguments, joint.argumentCount, NORMC_ARGUMENT)),
        results(countRole(joint.results, joint.resultCount, NORMC_RESULT)), cotangents(joint.argumentCount - arguments),
        gradients(joint.resultCount - results), saved(countRole(forward.results, forward.resultCount, NORMC_SAVED)) {}

  Status check() {
    if (Status failed = checkJoint())
      return failed;
    if (Status failed = checkForward())
      return failed;
    return checkBackward();
  }

private:
  /// The arguments, then the cotangents; the results, then the gradients; positions in order.
  Status checkJoint() {
    for (int32_t i = 0; i < joint.argumentCount; ++i) {
      bool first = i < arguments;
      if (!is(joint.arguments[i], first ? NORMC_ARGUMENT : NORMC_COTANGENT, first ? i : i - arguments))
        return badModule(what + ": " + describeArgument(joint, i) + " is out of order");
    }
    for (int32_t i = 0; i < joint.resultCount; ++i) {
      bool first = i < results;
      if (!is(joint.results[i], first ? NORMC_RESULT : NORMC_GRADIENT, first ? i : i - results))
        return badModule(what + ": " + describeResult(joint, i) + " is out of order");
      // The backward runs last and reads what a gradient could be written over.
      if (joint.results[i].updates >= (first ? arguments : 0))
        return badModule(what + ": " + describeResult(joint, i) + " updates argument " +
                         toText(joint.results[i].updates) + "; only results of the function update its arguments");
    }
    return {};
  }

  Status checkForward() {
    std::vector<bool> haveArgument(arguments), haveResult(results), haveSaved(saved);
    for (int32_t i = 0; i < forward.argumentCount; ++i) {
      const normc_value &value = forward.arguments[i];
      std::string name = describeArgument(forward, i);
      if (value.role != NORMC_ARGUMENT)
        return unfit(forward, name);
      if (Status failed = checkFlow(forward, name, value, joint.arguments, arguments))
        return failed;
      if (Status failed = checkOnce(haveArgument, forward, name, value))
        return failed;
    }
    for (int32_t i = 0; i < forward.resultCount; ++i) {
      const normc_value &value = forward.results[i];
      std::string name = describeResult(forward, i);
      if (value.role == NORMC_RESULT) {
        if (Status failed = checkFlow(forward, name, value, joint.results, results))
          return failed;
        if (Status failed = checkOnce(haveResult, forward, name, value))
          return failed;
        if (updatedPosition(value) != joint.results[value.position].updates)
          return badModule(what + ": " + name + " of '" + forward.name + "' updates another argument than here");
      } else if (value.role == NORMC_SAVED) {
        if (Status failed = checkOnce(haveSaved, forward, name, value))
          return failed;
      } else {
        return unfit(forward, name);
      }
    }
    return checkComplete(haveResult, forward, "result");
  }

  Status checkBackward() {
    std::vector<normc_value> savedValues(saved);
    for (int32_t i = 0; i < forward.resultCount; ++i)
      if (forward.results[i].role == NORMC_SAVED)
        savedValues[forward.results[i].position] = forward.results[i];
    for (int32_t i = 0; i < backward.argumentCount; ++i) {
      const normc_value &value = backward.arguments[i];
      const normc_value *source = joint.arguments;
      int32_t count = arguments;
      if (value.role == NORMC_RESULT) {
        source = joint.results;
        count = results;
      } else if (value.role == NORMC_SAVED) {
        source = savedValues.data();
        count = saved;
      } else if (value.role == NORMC_COTANGENT) {
        source = joint.arguments + arguments;
        count = cotangents;
      }
      if (Status failed = checkFlow(backward, describeArgument(backward, i), value, source, count))
        return failed;
    }
    std::vector<bool> haveGradient(gradients);
    for (int32_t i = 0; i < backward.resultCount; ++i) {
      const normc_value &value = backward.results[i];
      std::string name = describeResult(backward, i);
      if (value.role != NORMC_GRADIENT)
        return unfit(backward, name);
      if (Status failed = checkFlow(backward, name, value, joint.results + results, gradients))
        return failed;
      if (Status failed = checkOnce(haveGradient, backward, name, value))
        return failed;
    }
    return checkComplete(haveGradient, backward, "gradient");
  }

  static bool is(const normc_value &value, int32_t role, int32_t position) {
    return value.role == role && value.position == position;
  }

  /// The argument of the function that a result of the forward updates, or -1.
  int32_t updatedPosition(const normc_value &value) {
    return value.updates < 0 ? -1 : forward.arguments[value.updates].position;
  }

  Status unfit(const Signature &entry, const std::string &name) {
    return badModule(what + ": " + name + " of '" + entry.name + "' has a role that has no place there");
  }

  /// `value` is handed over from or to the one of `others` at its position.
  Status checkFlow(const Signature &entry, const std::string &name, const normc_value &value, const normc_value *others,
                   int32_t count) {
    std::string prefix = what + ": " + name + " of '" + entry.name + "' ";
    if (value.position >= count)
      return badModule(prefix + "has position " + toText(value.position) + ", but there are " + toText(count));
    const normc_value &other = others[value.position];
    if (value.type != other.type || value.rank != other.rank)
      return badModule(prefix + "is " + typeName(value.type) + " of rank " + toText(value.rank) + " there and " +
                       typeName(other.type) + " of rank " + toText(other.rank) + " here");
    if ((other.flags & NORMC_EXTENTS_ONLY) != 0 && (value.flags & NORMC_EXTENTS_ONLY) == 0)
      return badModule(prefix + "is read, but is handed over without data");
    return {};
  }

  Status checkOnce(std::vector<bool> &have, const Signature &entry, const std::string &name, const normc_value &value) {
    if (value.position >= int32_t(have.size()) || have[value.position])
      return badModule(what + ": " + name + " of '" + entry.name + "' has position " + toText(value.position) +
                       ", which is taken or too large");
    have[value.position] = true;
    return {};
  }

  Status checkComplete(const std::vector<bool> &have, const Signature &entry, const char *kind) {
    for (size_t i = 0; i < have.size(); ++i)
      if (!have[i])
        return badModule(what + ": '" + entry.name + "' does not compute " + kind + " " + toText(int64_t(i)));
    return {};
  }
};
} // namespace

static Status checkName(const char *name, const char *kind, int32_t index, std::set<std::string> &names) {
  if (!name || !*name)
    return badModule(std::string(kind) + " " + toText(index) + " has no name");
  if (!names.insert(name).second)
    return badModule("two functions have the name '" + std::string(name) + "'");
  return {};
}

Status checkTable(const normc_module &module) {
  if (module.entry_count < 0 || module.gradient_count < 0 || (module.entry_count > 0 && !module.entries) ||
      (module.gradient_count > 0 && !module.gradients))
    return badModule("entries or gradients are counted, but not described");
  if (Status failed = gpu::checkKernels(module))
    return failed;
  std::set<std::string> names;
  for (int32_t i = 0; i < module.entry_count; ++i) {
    const normc_entry &entry = module.entries[i];
    if (Status failed = checkName(entry.name, "entry", i, names))
      return failed;
    std::string what = "entry '" + std::string(entry.name) + "'";
    if (Status failed = checkSignature(Signature(entry), what))
      return failed;
    if (!entry.run)
      return badModule(what + " has no code");
    if (!entry.traffic)
      return badModule(what + " does not say what it moves");
    if (entry.gpu)
      if (Status failed = gpu::checkPlan(*entry.gpu, what, module.ptx != nullptr))
        return failed;
  }
  for (int32_t i = 0; i < module.gradient_count; ++i) {
    const normc_gradient &gradient = module.gradients[i];
    if (Status failed = checkName(gradient.name, "gradient", i, names))
      return failed;
    std::string what = "gradient '" + std::string(gradient.name) + "'";
    if (Status failed = checkSignature(Signature(gradient), what))
      return failed;
    for (int32_t index : {gradient.forward, gradient.backward})
      if (index < 0 || index >= module.entry_count)
        return badModule(what + " runs entry " + toText(index) + ", but there are " + toText(module.entry_count));
    GradientCheck check(Signature(gradient), Signature(module.entries[gradient.forward]),
                        Signature(module.entries[gradient.backward]), what);
    if (Status failed = check.check())
      return failed;
  }
  return {};
}

} // namespace normc::runtime
