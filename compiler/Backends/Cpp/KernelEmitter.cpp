//===- KernelEmitter.cpp - one kernel as a C++ function ------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Backends/Cpp/KernelEmitter.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/Location.h"
#include "llvm/ADT/StringSet.h"
#include <fmt/format.h>

using namespace mlir;

namespace normc::cpp {

namespace {

/// What a comment shows of a kernel at most.
constexpr unsigned maxFormulas = 24;
constexpr size_t maxFormulaLength = 200;

/// Points below which threads cost more than they bring.
constexpr int64_t minThreadedPoints = 16384;

class KernelEmitter {
public:
  KernelEmitter(kernel::KernelOp kernel, const DenseMap<Value, std::string> &tensors)
      : kernel(kernel), tensors(tensors), code(ExpressionBuilder::Style::code, kernel.getSpace(), tensors) {
    kernel.walk([&](kernel::LoadOp load) { function.tensors.insert(load.getTensor()); });
    for (Value tensor : function.tensors)
      locals.unique(tensors.lookup(tensor));
    for (Value tensor : kernel.getTensors())
      locals.unique(tensors.lookup(tensor));
  }

  KernelFunction run(const std::string &name) {
    std::string comment = formula();
    openParallelLoops();
    emitBlock(kernel.getBody().front());
    while (depth > 1)
      close();

    std::string parameters = function.isThreaded ? ", int threads" : "";
    for (int64_t symbol : code.symbols)
      parameters += fmt::format(", int64_t n{}", symbol);
    for (Value tensor : function.tensors)
      parameters += fmt::format(", const {} *{}", storageName(getElementTypeOrSelf(tensor)), tensors.lookup(tensor));
    for (Value tensor : kernel.getTensors()) {
      parameters += fmt::format(", {} *{}", storageName(getElementTypeOrSelf(tensor)), tensors.lookup(tensor));
      function.tensors.insert(tensor);
    }
    function.definition = fmt::format("{}static void {}({}) {{\n{}}}\n", comment, name,
                                      StringRef(parameters).drop_front(2).str(), body);
    function.symbols = code.symbols;
    function.helpers = code.helpers;
    return std::move(function);
  }

private:
  static Type getElementTypeOrSelf(Value tensor) { return cast<RankedTensorType>(tensor.getType()).getElementType(); }

  void line(const std::string &text) { body += std::string(2 * depth, ' ') + text + '\n'; }
  void open(const std::string &text) {
    line(text + " {");
    ++depth;
  }
  void close() {
    --depth;
    line("}");
  }

  /// The user's name of a scalar, from its location.
  static StringRef userName(Value value) {
    auto name = dyn_cast<NameLoc>(value.getLoc());
    return name ? name.getName().getValue() : StringRef();
  }

  /// name = expression, as a person would write it: for what the user named, and for what is stored
  std::string formula() {
    ExpressionBuilder builder(ExpressionBuilder::Style::formula, kernel.getSpace(), tensors);
    std::string text;
    llvm::StringSet<> seen;
    auto add = [&](StringRef name, const Expression &expression) {
      std::string right = expression.text;
      if (right.size() > maxFormulaLength)
        right = right.substr(0, maxFormulaLength) + " ..";
      std::string line = fmt::format("// {} = {}\n", name.str(), right);
      if (name != right && seen.size() <= maxFormulas && seen.insert(line).second)
        text += seen.size() <= maxFormulas ? line : "// ..\n";
    };
    kernel.walk<WalkOrder::PreOrder>([&](Operation *op) {
      if (auto store = dyn_cast<kernel::StoreOp>(op)) {
        add(tensors.lookup(kernel.getResult(store.getResult())), builder.build(store.getValue()));
      } else if (op->getNumResults() == 1 && !isa<kernel::KernelOp, kernel::SweepOp, kernel::LoadOp>(op)) {
        StringRef name = userName(op->getResult(0));
        if (name.empty() || isStoredAlone(op->getResult(0)))
          return;
        add(identifier(name), builder.build(op->getResult(0)));
        builder.bind(op->getResult(0), identifier(name));
      }
    });
    return text;
  }

  /// Whether a scalar's only use leads to a store, which has its name.
  static bool isStoredAlone(Value value) {
    while (value.hasOneUse()) {
      Operation *user = *value.user_begin();
      if (isa<kernel::StoreOp>(user))
        return true;
      if (!isa<arith::TruncFOp>(user))
        return false;
      value = user->getResult(0);
    }
    return false;
  }

  void openLoop(int64_t axis) {
    open(fmt::format("for (int64_t i{0} = 0; i{0} < {1}; ++i{0})", axis, code.extent(kernel.getSpace()[axis])));
  }

  /// Loops over nothing are not run, however long the outer ones are.
  void skipIfEmpty(ArrayRef<int64_t> axes) {
    std::string condition;
    for (int64_t axis : axes.drop_front(axes.empty() ? 0 : 1))
      if (kernel.getSpace()[axis] <= 0)
        condition += fmt::format("{}{} > 0", condition.empty() ? "" : " && ", code.extent(kernel.getSpace()[axis]));
    if (!condition.empty())
      line(fmt::format("if ({})", condition));
  }

  void openParallelLoops() {
    SmallVector<int64_t> axes;
    for (int64_t axis : kernel.getParallel())
      if (kernel.getSpace()[axis] != 1)
        axes.push_back(axis);
    if (axes.empty())
      return;
    // Where a thread has only elements to visit, the last axis is a loop of its own, which the compiler can vectorize.
    bool sweeps = !kernel.getBody().getOps<kernel::SweepOp>().empty();
    skipIfEmpty(axes);
    size_t shared = sweeps ? axes.size() : std::max<size_t>(1, axes.size() - 1);
    if (std::string condition = threadCondition(); condition != "false") {
      function.isThreaded = true;
      std::string collapse = shared > 1 ? fmt::format(" collapse({})", shared) : "";
      std::string when = condition == "true" ? "" : fmt::format(" if ({})", condition);
      line(fmt::format("#pragma omp parallel for num_threads(threads){}{}", collapse, when));
    }
    for (int64_t axis : axes)
      openLoop(axis);
  }

  /// Whether there are points enough for several threads: "true" or "false" where that is known now.
  std::string threadCondition() {
    int64_t fixed = 1;
    bool isStatic = true;
    for (int64_t extent : kernel.getSpace()) {
      isStatic &= extent >= 0;
      fixed = std::min<int64_t>(fixed * std::max<int64_t>(extent, 1), INT32_MAX);
    }
    if (isStatic)
      return fixed >= minThreadedPoints ? "true" : "false";
    return fmt::format("{} >= {}", code.product(kernel.getSpace()), minThreadedPoints);
  }

  /// Whether a scalar deserves a name: it is used more than once, or at every point of a sweep.
  static bool needsName(Value value) {
    if (isa<arith::ConstantOp, kernel::IndexOp, kernel::CountOp>(value.getDefiningOp()))
      return false;
    if (!userName(value).empty() && !isStoredAlone(value) && !value.use_empty())
      return true;
    // A load whose only use converts it is read there.
    return llvm::range_size(value.getUses()) > 1 ||
           (value.hasOneUse() && value.use_begin()->getOwner()->getBlock() != value.getParentBlock());
  }

  std::string nameFor(Value value) {
    if (StringRef name = userName(value); !name.empty())
      return locals.unique(name);
    Value source = value;
    while (Operation *op = source.getDefiningOp()) {
      if (auto load = dyn_cast<kernel::LoadOp>(op))
        return locals.unique(tensors.lookup(load.getTensor()) + "_here");
      if (!isa<arith::ExtFOp>(op))
        break;
      source = op->getOperand(0);
    }
    return locals.unique("t");
  }

  void emitBlock(Block &block) {
    for (Operation &op : block) {
      if (auto sweep = dyn_cast<kernel::SweepOp>(op)) {
        emitSweep(sweep);
      } else if (auto store = dyn_cast<kernel::StoreOp>(op)) {
        Value tensor = kernel.getResult(store.getResult());
        Type element = getElementTypeOrSelf(tensor);
        std::string value = code.build(store.getValue()).text;
        line(fmt::format("{}[{}] = {};", tensors.lookup(tensor), code.position(cast<RankedTensorType>(tensor.getType())),
                         element.isInteger(1) ? "uint8_t(" + value + ")" : value));
      } else if (op.getNumResults() == 1 && !op.use_empty() && needsName(op.getResult(0))) {
        Value value = op.getResult(0);
        std::string expression = code.build(value).text, name = nameFor(value);
        line(fmt::format("const {} {} = {};", scalarName(value.getType()), name, expression));
        code.bind(value, name);
      }
    }
  }

  void emitSweep(kernel::SweepOp sweep) {
    static constexpr std::pair<const char *, const char *> types[] = {{"Sum", "sum"}, {"Max", "max"}, {"Min", "min"}};
    static constexpr Helper helpers[] = {Helper::sum, Helper::maximum, Helper::minimum};
    SmallVector<std::string> accumulators;
    for (Attribute monoid : sweep.getMonoids()) {
      auto kind = unsigned(cast<kernel::MonoidAttr>(monoid).getValue());
      accumulators.push_back(locals.unique(types[kind].second));
      line(fmt::format("{} {};", types[kind].first, accumulators.back()));
      code.helpers.insert(helpers[kind]);
    }
    SmallVector<int64_t> axes;
    for (int64_t axis : sweep.getAxes())
      if (kernel.getSpace()[axis] != 1)
        axes.push_back(axis);
    skipIfEmpty(axes);
    unsigned loops = axes.size();
    for (int64_t axis : axes)
      openLoop(axis);
    Block &block = sweep.getBody().front();
    emitBlock(block);
    auto yield = cast<kernel::YieldOp>(block.getTerminator());
    for (auto [accumulator, value] : llvm::zip(accumulators, yield.getValues()))
      line(fmt::format("{}.add({});", accumulator, code.build(value).text));
    while (loops-- > 0)
      close();
    for (auto [accumulator, result] : llvm::zip(accumulators, sweep.getResults()))
      code.bind(result, accumulator + ".value()");
  }

  kernel::KernelOp kernel;
  const DenseMap<Value, std::string> &tensors;
  ExpressionBuilder code;
  Names locals;
  KernelFunction function;
  std::string body;
  unsigned depth = 1;
};

} // namespace

KernelFunction emitKernel(kernel::KernelOp kernel, const std::string &name,
                          const DenseMap<Value, std::string> &tensors) {
  return KernelEmitter(kernel, tensors).run(name);
}

} // namespace normc::cpp
