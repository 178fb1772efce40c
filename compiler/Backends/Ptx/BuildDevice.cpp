//===- BuildDevice.cpp - plans in the gpu dialect, and what they launch --===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Backends/Cpp/KernelWriter.h"
#include "compiler/Backends/Cpp/Names.h"
#include "compiler/Backends/Ptx/ColumnsCode.h"
#include "compiler/Backends/Ptx/EmitPtx.h"
#include "compiler/Backends/Ptx/GroupCode.h"
#include "compiler/Backends/Ptx/OneDevice.h"
#include "compiler/Backends/Ptx/PrepareKernels.h"
#include "compiler/Backends/Ptx/RunsCode.h"
#include "dialects/Kernel/Certificate.h"
#include "dialects/Norm/FunctionAttributes.h"

#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "llvm/ADT/SmallPtrSet.h"
#include <fmt/format.h>

using namespace mlir;

namespace normc::ptx {

namespace {

/// One plan: its buffers, the functions of its kernels, and their launches.
class PlanLowering {
public:
  PlanLowering(kernel::PlanOp plan, gpu::GPUModuleOp module, cpp::Names &functions, DeviceModule &device)
      : plan(plan), module(module), functions(functions), device(device) {}

  LaunchPlan run() {
    findBuffers();
    for (auto kernel : plan.getBody().front().getOps<kernel::KernelOp>())
      lower(kernel);
    return std::move(launches);
  }

private:
  //===--- buffers --------------------------------------------------------===//

  void findBuffers() {
    for (BlockArgument argument : plan.getArguments())
      addTensor(argument, argument.getArgNumber(),
                plan.getArgAttrOfType<StringAttr>(argument.getArgNumber(), kernel::nameAttr).getValue());
    for (OpOperand &result : plan.getBody().front().getTerminator()->getOpOperands())
      addTensor(result.get(), plan.getNumArguments() + result.getOperandNumber(),
                plan.getResultAttrOfType<StringAttr>(result.getOperandNumber(), kernel::nameAttr).getValue());
    for (auto kernel : plan.getBody().front().getOps<kernel::KernelOp>())
      for (Value tensor : kernel.getTensors()) {
        if (places.contains(tensor))
          continue;
        auto type = cast<RankedTensorType>(tensor.getType());
        SmallVector<int64_t> extents;
        for (auto [axis, extent] : llvm::enumerate(kernel.getSpace()))
          extents.push_back(type.getDimSize(axis) == 1 ? 1 : extent);
        addTensor(tensor, addTemporary(kernel.getName().str(), product(storageBytes(type.getElementType()), extents), -1),
                  kernel.getName());
        names[tensor] = kernel::operandName(tensor, kernel); // by which its certificate counts
      }
  }

  void addTensor(Value tensor, int32_t place, StringRef name) {
    places[tensor] = place;
    names[tensor] = name.str();
    identifiers[tensor] = cpp::identifier(name);
  }

  /// Yields its place among the buffers of the entry.
  int32_t addTemporary(std::string name, std::string bytes, int kernel) {
    launches.temporaries.push_back({std::move(name), std::move(bytes), kernel});
    return plan.getNumArguments() + plan.getNumResults() + launches.temporaries.size() - 1;
  }

  /// factor * extents, as an expression.
  static std::string product(int64_t factor, ArrayRef<int64_t> extents, bool atLeastOne = false) {
    std::string text = fmt::format("INT64_C({})", factor);
    for (int64_t extent : extents) {
      if (extent == 1)
        continue;
      std::string one = extent >= 0 ? fmt::format("{}", atLeastOne ? std::max<int64_t>(extent, 1) : extent)
                                    : fmt::format("symbols[{}]", -1 - extent);
      if (atLeastOne && extent < 0)
        one = fmt::format("normc_most({}, 1)", one);
      text = fmt::format("normc_times({}, {})", text, one);
    }
    return text;
  }

  //===--- kernels --------------------------------------------------------===//

  void lower(kernel::KernelOp kernel) {
    const Schedule chosen = chooseSchedule(kernel);
    prepareKernel(kernel, chosen.isResident);
    Schedule schedule = chosen;
    const Segments segments(kernel);
    for (unsigned number = 0; number < segments.size(); ++number)
      for (Value value : segments.handedOn(number))
        schedule.handedPlace.try_emplace(value, schedule.handedPlace.size());

    number = launches.kernels.size();
    launches.kernels.push_back({kernel.getName().str(), splitOf(kernel, schedule),
                                product(1, kernel.getSpace(), /*atLeastOne=*/true)});
    signature = Signature();
    buffers.clear();
    signature.symbols = plan.getSymbolCount();
    signature.scalars = schedule.layout == Layout::points ? 0 : unsigned(scheduleScalars);
    const llvm::SmallPtrSet<Value, 4> overwritten = overwrittenBy(kernel);
    kernel.walk([&](kernel::LoadOp load) { addBuffer(load.getTensor(), !overwritten.contains(load.getTensor())); });
    for (Value tensor : kernel.getTensors())
      addBuffer(tensor, /*isConstant=*/false);
    addScratch(kernel, schedule, segments);
    base = functions.unique(fmt::format("{}_{}", plan.getSymName().str(), kernel.getName().str()));
    comment = cpp::formula(kernel, identifiers) + fmt::format("// {}\n", schedule.describe()) + certificateOf(kernel);
    emit(kernel, schedule, segments);
  }

  /// Arguments over which the kernel's results may lie: all other memory that it reads is apart from what it writes.
  llvm::SmallPtrSet<Value, 4> overwrittenBy(kernel::KernelOp kernel) {
    llvm::SmallPtrSet<Value, 4> overwritten;
    for (OpOperand &returned : plan.getBody().front().getTerminator()->getOpOperands())
      for (StringRef name : {norm::inplaceAttr, norm::updatesAttr})
        if (auto argument = plan.getResultAttrOfType<IntegerAttr>(returned.getOperandNumber(), name);
            argument && returned.get().getDefiningOp() == kernel)
          overwritten.insert(plan.getArgument(argument.getInt()));
    return overwritten;
  }

  void addBuffer(Value tensor, bool isConstant) {
    if (!signature.tensors.try_emplace(tensor, signature.buffers.size()).second)
      return;
    signature.buffers.push_back(
        {Value(), cast<RankedTensorType>(tensor.getType()).getElementType(), names.lookup(tensor), isConstant});
    buffers.push_back(places.lookup(tensor));
  }
  unsigned addScratchBuffer(const std::string &name, Type element, std::string bytes) {
    signature.buffers.push_back({Value(), element, name});
    buffers.push_back(addTemporary(name, std::move(bytes), number));
    return signature.buffers.size() - 1;
  }

  void addScratch(kernel::KernelOp kernel, Schedule &schedule, const Segments &segments) {
    MLIRContext *context = kernel.getContext();
    const std::string name = kernel.getName().str();
    if (schedule.hasStages) {
      unsigned parts = 0;
      for (kernel::SweepOp sweep : segments.sweeps())
        parts = std::max(parts, Monoids(sweep).size());
      const std::string groups = "normc_times(split.blocks, split.groups)";
      schedule.partsBuffer = addScratchBuffer(
          name + " partials", Float64Type::get(context),
          fmt::format("split.whole ? 8 : normc_times({}, {})", 8 * std::max(parts, 1u), groups));
      schedule.valuesBuffer = addScratchBuffer(
          name + " scalars", IntegerType::get(context, 64),
          fmt::format("split.whole ? 8 : normc_times({}, split.groups)", 8 * std::max<size_t>(schedule.handedPlace.size(), 1)));
    }
    bool isFirst = true;
    kernel.walk([&](kernel::AccumulateOp rider) {
      Type type = rider.getValue().getType();
      const unsigned place = addScratchBuffer(
          names.lookup(kernel.getResult(rider.getResult())) + " partials", type,
          fmt::format("normc_times({}, normc_times(split.row_chunks, split.row_width))", storageBytes(type)));
      if (isFirst)
        schedule.ridersBuffer = place;
      isFirst = false;
    });
  }

  std::string splitOf(kernel::KernelOp kernel, const Schedule &schedule) {
    SmallVector<int64_t> parallel, reduced, inner, outer;
    SmallVector<kernel::JoinedAxis> joined = joinedAxes(kernel);
    for (auto [position, axis] : llvm::enumerate(joined)) {
      llvm::append_range(axis.isParallel ? parallel : reduced, extentsOf(kernel, axis));
      const bool isLast = position + 1 == joined.size();
      if (isLast)
        inner = extentsOf(kernel, axis);
      else if (axis.isParallel == joined.back().isParallel)
        llvm::append_range(outer, extentsOf(kernel, axis));
    }
    if (schedule.layout == Layout::points)
      return fmt::format("normc_points_split({})", product(1, kernel.getSpace()));
    if (schedule.layout == Layout::columns)
      return fmt::format("normc_columns_split({}, {}, {}, {}, {}, *gpu)", product(1, outer), product(1, inner),
                         product(1, reduced), schedule.teams, schedule.hasStages);
    return fmt::format("normc_runs_split({}, {}, {}, {}, {}, {}, *gpu)", product(1, parallel), product(1, outer),
                       product(1, reduced.empty() ? ArrayRef<int64_t>() : ArrayRef<int64_t>(inner)), schedule.crews,
                       schedule.teams, schedule.hasStages);
  }

  /// The bytes that the kernel moves on a GPU, as its schedule has it.
  std::string certificateOf(kernel::KernelOp kernel) {
    std::string text;
    const kernel::Certificate certificate = kernel::certify(kernel);
    for (const kernel::StreamedOperand &operand : certificate.streamed)
      text += operand.sweeps ? fmt::format("// {}: {} bytes read{}\n", operand.name, operand.read.toString(),
                                           operand.sweeps < 2                            ? ""
                                           : kernel->hasAttr(kernel::residentAttr) ? ", held for later sweeps"
                                                                                   : fmt::format(" in {} sweeps", operand.sweeps))
                             : fmt::format("// {}: {} bytes written\n", operand.name, operand.written.toString());
    for (const kernel::ReusedOperand &operand : certificate.reused)
      text += fmt::format("// {}: at most {} bytes read\n", operand.name, operand.bound.toString());
    return text;
  }

  //===--- functions --------------------------------------------------------===//

  /// One launch, with a function for each width of positions that the extents allow.
  template <typename Emit>
  void addLaunch(kernel::KernelOp kernel, const std::string &suffix, const std::string &what, int64_t threads,
                 const std::string &condition, const std::string &blocks, Emit emitBody) {
    Launch launch;
    launch.what = what;
    launch.kernel = number;
    launch.threads = threads;
    launch.condition = condition;
    launch.blocks = blocks;
    launch.buffers.assign(buffers.begin(), buffers.end());
    launch.scalars = signature.scalars;
    int64_t points = 1;
    bool isStatic = true;
    for (int64_t extent : kernel.getSpace()) {
      isStatic &= extent >= 0;
      points = llvm::SaturatingMultiply<uint64_t>(points, std::max<int64_t>(extent, 1)) > uint64_t(narrowPoints)
                   ? narrowPoints + 1
                   : points * std::max<int64_t>(extent, 1);
    }
    if (points <= narrowPoints)
      launch.name = addFunction(suffix, what, 32, emitBody);
    if (!isStatic || points > narrowPoints)
      launch.wideName = addFunction(suffix + "_wide", what + ", with positions of 64 bits", 64, emitBody);
    launches.launches.push_back(std::move(launch));
  }

  template <typename Emit>
  std::string addFunction(const std::string &suffix, const std::string &what, unsigned width, Emit emitBody) {
    std::string name = suffix.empty() ? base : functions.unique(base + suffix);
    emitBody(name, width);
    device.comments[name] = comment + fmt::format("// {}\n", what);
    return name;
  }

  template <typename CodeOf, typename Body>
  auto sweepEmitter(kernel::KernelOp kernel, const Schedule &schedule, int64_t threads, Body body) {
    return [this, kernel, &schedule, threads, body](const std::string &name, unsigned width) {
      CodeOf code(module, kernel, signature, schedule, name, width, threads);
      body(code);
      code.finish();
    };
  }

  void emit(kernel::KernelOp kernel, const Schedule &schedule, const Segments &segments) {
    if (schedule.layout == Layout::points) {
      addLaunch(kernel, "", "a thread for each point", pointThreads, "", fmt::format("normc_blocks(split.items, {})", pointThreads),
                [&](const std::string &name, unsigned width) {
                  PointsCode code(module, kernel, signature, name, width, pointThreads);
                  code.emit();
                  code.finish();
                });
      return;
    }
    if (schedule.layout == Layout::columns)
      emitSweeps<ColumnsCode>(kernel, schedule, segments);
    else
      emitSweeps<RunsCode>(kernel, schedule, segments);
    if (schedule.hasRiders)
      addLaunch(kernel, "_riders", "merges the sums that ride along", mergeThreads(1), "",
                fmt::format("normc_blocks(split.row_columns, {})", mergedGroups),
                sweepEmitter<GroupCode>(kernel, schedule, mergeThreads(1), [](GroupCode &code) { code.emitRiders(); }));
  }

  template <typename Code>
  void emitSweeps(kernel::KernelOp kernel, const Schedule &schedule, const Segments &segments) {
    const bool isEither = schedule.hasStages;
    addLaunch(kernel, "", "all sweeps, a block for each group or for several", schedule.wholeThreads(),
              isEither ? "split.whole" : "", "split.whole_blocks",
              sweepEmitter<Code>(kernel, schedule, schedule.wholeThreads(), [](Code &code) { code.emitWhole(); }));
    if (!schedule.hasStages)
      return;
    for (unsigned stage = 0; stage < segments.size(); ++stage) {
      const unsigned parts = stage > 0 ? Monoids(segments.sweeps()[stage - 1]).size() : 0;
      const int64_t threads = parts ? mergeThreads(parts) : groupThreads;
      if (parts || !segments.handedOn(stage).empty() || segments.hasStores(stage))
        addLaunch(kernel, fmt::format("_scalars{}", stage),
                  parts ? "merges what blocks have come to; the scalars of each group" : "the scalars of each group", threads,
                  "!split.whole", fmt::format("normc_blocks(split.groups, {})", parts ? mergedGroups : groupThreads),
                  sweepEmitter<GroupCode>(kernel, schedule, threads, [stage](GroupCode &code) { code.emitStage(stage); }));
      if (stage < segments.sweeps().size())
        addLaunch(kernel, fmt::format("_sweep{}", stage), fmt::format("sweep {}, several blocks a group", stage),
                  schedule.stageThreads(), "!split.whole", "normc_times(split.items, split.blocks)",
                  sweepEmitter<Code>(kernel, schedule, schedule.stageThreads(), [stage](Code &code) { code.emitStage(stage); }));
    }
  }

  kernel::PlanOp plan;
  gpu::GPUModuleOp module;
  cpp::Names &functions;
  DeviceModule &device;
  LaunchPlan launches;
  DenseMap<Value, int32_t> places;           ///< by tensor, among the buffers of the entry
  DenseMap<Value, std::string> names, identifiers;

  // Of the current kernel.
  int number = 0;
  Signature signature;
  SmallVector<int32_t> buffers;
  std::string base, comment;
};

} // namespace

FailureOr<DeviceModule> buildDeviceModule(ModuleOp source, const Target &) {
  MLIRContext *context = source.getContext();
  context->loadDialect<gpu::GPUDialect, scf::SCFDialect, LLVM::LLVMDialect, NVVM::NVVMDialect, arith::ArithDialect>();
  DeviceModule device{source.getLoc(), ModuleOp::create(source.getLoc()), {}, {}};
  OwningOpRef<ModuleOp> prepared(source.clone());
  OpBuilder builder = OpBuilder::atBlockEnd(device.operations->getBody());
  auto module = builder.create<gpu::GPUModuleOp>(source.getLoc(), "normc");
  cpp::Names functions;
  for (auto plan : prepared->getOps<kernel::PlanOp>()) {
    runOnOneDevice(plan);
    device.plans[plan.getSymName().str()] = PlanLowering(plan, module, functions, device).run();
  }
  return device;
}

} // namespace normc::ptx
