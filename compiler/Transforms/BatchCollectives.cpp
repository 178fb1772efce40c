//===- BatchCollectives.cpp - one collective for a synchronization point -===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Transforms/Passes.h"
#include "dialects/Kernel/Collective.h"
#include "dialects/Norm/FunctionAttributes.h"

#include "mlir/IR/PatternMatch.h"
#include <map>

using namespace mlir;

namespace normc {

#define GEN_PASS_DEF_BATCHCOLLECTIVES
#include "compiler/Transforms/Passes.h.inc"

namespace {

class Batches {
public:
  explicit Batches(kernel::PlanOp plan) : plan(plan), body(plan.getBody().front()), symbols(plan.getSymbolCount()) {}

  void run() {
    if (body.getOps<kernel::CollectiveOp>().empty())
      return;
    findPoints();
    order();
    for (auto &[point, collectives] : batches)
      pack(collectives);
  }

private:
  /// How many collectives, one after the other, end before an op can run; of a collective, itself included.
  void findPoints() {
    for (Operation &op : body.without_terminator()) {
      unsigned point = 0;
      auto waitFor = [&](Value tensor) {
        if (Operation *producer = tensor.getDefiningOp())
          point = std::max(point, points.lookup(producer));
      };
      if (auto collective = dyn_cast<kernel::CollectiveOp>(op)) {
        for (Value partial : collective.getPartials())
          waitFor(partial);
        points[&op] = point + 1;
        batches[point + 1].push_back(collective);
        continue;
      }
      op.walk([&](Operation *inner) {
        if (auto load = dyn_cast<kernel::LoadOp>(inner))
          waitFor(load.getTensor());
        // Extents on other devices come with the first collective.
        if (auto count = dyn_cast<kernel::CountOp>(inner);
            count && llvm::any_of(count.getExtents(), [&](int64_t extent) { return extent < -symbols; }))
          point = std::max(point, 1u);
      });
      points[&op] = point;
      waitForReaders(cast<kernel::KernelOp>(op));
    }
  }

  /// The new value of state is written when nothing reads the old one any more.
  void waitForReaders(kernel::KernelOp kernel) {
    for (Value tensor : kernel.getTensors())
      for (OpOperand &use : tensor.getUses()) {
        if (!isa<kernel::ReturnOp>(use.getOwner()))
          continue;
        for (StringRef way : {norm::updatesAttr, norm::inplaceAttr})
          if (auto argument = plan.getResultAttrOfType<IntegerAttr>(use.getOperandNumber(), way))
            for (Operation *reader : plan.getArgument(argument.getInt()).getUsers())
              if (Operation *ancestor = body.findAncestorOpInBlock(*reader))
                points[kernel] = std::max(points[kernel], points.lookup(ancestor));
      }
  }

  /// Kernels before the first collective, that collective, kernels that wait for it alone, and so on.
  void order() {
    SmallVector<Operation *> ops;
    for (Operation &op : body.without_terminator())
      ops.push_back(&op);
    llvm::stable_sort(ops, [&](Operation *a, Operation *b) {
      auto key = [&](Operation *op) { return 2 * points.lookup(op) - (isa<kernel::CollectiveOp>(op) ? 1 : 0); };
      return key(a) < key(b);
    });
    for (Operation *op : ops)
      op->moveBefore(body.getTerminator());
  }

  static void pack(ArrayRef<kernel::CollectiveOp> collectives) {
    kernel::CollectiveOp last = collectives.back();
    IRRewriter rewriter(last.getContext());
    rewriter.setInsertionPoint(last);
    SmallVector<Attribute> monoids, counts;
    SmallVector<Value> partials;
    SmallVector<int64_t> joins, expected;
    std::string name;
    for (kernel::CollectiveOp collective : collectives) {
      llvm::append_range(monoids, collective.getMonoids());
      llvm::append_range(counts, collective.getCounts());
      llvm::append_range(partials, collective.getPartials());
      llvm::append_range(joins, collective.getJoins());
      llvm::append_range(expected, collective.getExpected());
      // That extents come along goes without saying.
      if (collective.getPartials().empty() && collectives.size() > 1)
        continue;
      if (name.size() < maxName)
        name += (name.empty() ? "" : ", ") + collective.getName().str();
      else if (name.back() != '.')
        name += ", ..";
    }
    auto packed = rewriter.create<kernel::CollectiveOp>(last.getLoc(), ValueRange(partials).getTypes(), name,
                                                        rewriter.getArrayAttr(monoids), rewriter.getArrayAttr(counts), joins, expected,
                                                        partials);
    packed->setAttr(kernel::bytesAttr, rewriter.getStringAttr(kernel::bytesOf(packed).toString()));
    size_t next = 0;
    for (kernel::CollectiveOp collective : collectives) {
      const size_t count = collective.getNumResults();
      rewriter.replaceOp(collective, packed.getMerged().slice(next, count));
      next += count;
    }
  }

  /// Characters after which a packed collective names no more of what it packs.
  static constexpr size_t maxName = 40;

  kernel::PlanOp plan;
  Block &body;
  const int64_t symbols;
  DenseMap<Operation *, unsigned> points;
  std::map<unsigned, SmallVector<kernel::CollectiveOp>> batches;
};

struct BatchCollectivesPass : impl::BatchCollectivesBase<BatchCollectivesPass> {
  void runOnOperation() override {
    for (auto plan : getOperation().getOps<kernel::PlanOp>())
      Batches(plan).run();
  }
};

} // namespace
} // namespace normc
