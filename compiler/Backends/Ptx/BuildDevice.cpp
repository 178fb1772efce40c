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
  PlanLowering(kernel::PlanOp plan, gpu::GPUModuleOp module, cpp::Names &functions, DeviceModule &device, const Target &target)
      : plan(plan), module(module), functions(functions), device(device), target(target) {}

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
    Schedule schedule = chooseSchedule(kernel, target);
    SmallVector<Schedule> held = chooseHeld(kernel, schedule, target);
    number = launches.kernels.size();
    launches.kernels.push_back({kernel.getName().str(), "", product(1, kernel.getSpace(), /*atLeastOne=*/true)});
    signature = Signature();
    buffers.clear();
    signature.symbols = plan.getSymbolCount();
    signature.scalars = schedule.layout == Layout::points ? 0 : unsigned(scheduleScalars);
    const llvm::SmallPtrSet<Value, 4> overwritten = overwrittenBy(kernel);
    kernel.walk([&](kernel::LoadOp load) { addBuffer(load.getTensor(), !overwritten.contains(load.getTensor())); });
    for (Value tensor : kernel.getTensors())
      addBuffer(tensor, /*isConstant=*/false);
    addScratch(kernel, schedule, held);
    base = functions.unique(fmt::format("{}_{}", plan.getSymName().str(), kernel.getName().str()));
    auto describe = [&](const Schedule &way) {
      comment = cpp::formula(kernel, identifiers) + fmt::format("// {}\n", way.describe()) + certificateOf(kernel);
    };
    // What is kept is kept where it is held; elsewhere it is computed again.
    int64_t sharedBytes = 0;
    unsigned heldValues = 0;
    if (!held.empty()) {
      prepareKernel(kernel, /*isResident=*/true);
      const Segments segments(kernel);
      for (unsigned number = 0; number < segments.size(); ++number)
        heldValues += segments.handedOn(number).size();
      for (const Schedule &way : held) {
        describe(way);
        sharedBytes = std::max(sharedBytes, emitHeld(kernel, way));
      }
    }
    prepareKernel(kernel, schedule.isResident);
    const Segments segments(kernel);
    for (unsigned number = 0; number < segments.size(); ++number)
      for (Value value : segments.handedOn(number))
        schedule.handedPlace.try_emplace(value, schedule.handedPlace.size());
    describe(schedule);
    sizeValues(schedule, held, heldValues);
    launches.kernels[number].split = splitOf(kernel, schedule);
    if (!held.empty())
      launches.kernels[number].split = heldSplitOf(kernel, held, launches.kernels[number].split, sharedBytes);
    emit(kernel, schedule, segments, /*isHeldElsewhere=*/!held.empty());
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

  /// An expression that differs where groups are held in shared memory, by some blocks each.
  static std::string scratchBytes(const std::string &held, const std::string &staged) {
    return held.empty() ? staged : fmt::format("split.held ? ({}) : ({})", held, staged);
  }

  void addScratch(kernel::KernelOp kernel, Schedule &schedule, MutableArrayRef<Schedule> held) {
    MLIRContext *context = kernel.getContext();
    const std::string name = kernel.getName().str();
    unsigned most = 1, all = 0;
    for (auto sweep : kernel.getBody().getOps<kernel::SweepOp>()) {
      most = std::max(most, Monoids(sweep).size());
      all += Monoids(sweep).size();
    }
    const bool hasGrid = sharesGrid(held);
    if (schedule.hasStages || hasGrid) {
      const std::string staged =
          schedule.hasStages
              ? fmt::format("split.whole ? 8 : normc_times({}, normc_times(split.blocks, split.groups))", 8 * most)
              : "8";
      schedule.partsBuffer = addScratchBuffer(
          name + " partials", Float64Type::get(context),
          scratchBytes(hasGrid ? fmt::format("split.held > 1 ? normc_times({}, normc_times(split.held_blocks, split.groups)) : 8",
                                             8 * std::max(all, 1u))
                               : held.empty() ? "" : "8",
                       staged));
      schedule.valuesBuffer = addScratchBuffer(name + " scalars", IntegerType::get(context, 64), "");
      valuesTemporary = launches.temporaries.size() - 1;
    }
    if (hasGrid) {
      schedule.barriersBuffer = addScratchBuffer(name + " barriers", IntegerType::get(context, 32),
                                                 "split.held > 1 ? normc_times(4, split.held_grid) : 4");
      launches.temporaries.back().zeroed = true;
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
    for (Schedule &way : held) {
      way.partsBuffer = schedule.partsBuffer;
      way.valuesBuffer = schedule.valuesBuffer;
      way.barriersBuffer = schedule.barriersBuffer;
      way.ridersBuffer = schedule.ridersBuffer;
      way.partsOfGroup = all;
    }
  }
  /// Whether blocks of a grid may share a group.
  static bool sharesGrid(ArrayRef<Schedule> held) {
    return llvm::any_of(held, [](const Schedule &way) { return way.sharing == Sharing::grid && !way.hasRiders; });
  }
  /// The scalars of groups, each 64 bits.
  void sizeValues(const Schedule &schedule, ArrayRef<Schedule> held, unsigned heldValues) {
    if (!schedule.hasStages && !sharesGrid(held))
      return;
    auto bytes = [](size_t count) { return fmt::format("normc_times({}, split.groups)", 8 * std::max<size_t>(count, 1)); };
    launches.temporaries[valuesTemporary].bytes =
        scratchBytes(held.empty()        ? ""
                     : sharesGrid(held) ? fmt::format("split.held > 1 ? {} : 8", bytes(heldValues))
                                         : "8",
                     schedule.hasStages ? fmt::format("split.whole ? 8 : {}", bytes(schedule.handedPlace.size())) : "8");
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

  /// The same where groups may be held in shared memory.
  std::string heldSplitOf(kernel::KernelOp kernel, ArrayRef<Schedule> held, const std::string &split, int64_t sharedBytes) {
    SmallVector<kernel::JoinedAxis> joined = joinedAxes(kernel);
    SmallVector<int64_t> inner, outer;
    for (const kernel::JoinedAxis &axis : llvm::reverse(joined))
      if (!axis.isParallel)
        llvm::append_range(inner.empty() ? inner : outer, extentsOf(kernel, axis));
    const Schedule &way = held.front();
    auto has = [&](Sharing sharing) {
      return llvm::any_of(held, [&](const Schedule &other) { return other.sharing == sharing; });
    };
    // In several launches: one for each sweep, and the scalars in between.
    const int64_t sweeps = llvm::range_size(kernel.getBody().getOps<kernel::SweepOp>());
    return fmt::format("normc_hold({}, {}, {}, {{{}, {}, {}, {}, {}, {}, {}, {}, {}, {}}}, *gpu)", split, product(1, outer),
                       product(1, inner), way.teams, way.lanes.width(), way.roundBytes(), sharedBytes, way.held.bytesMoved(),
                       way.held.bytesMovedAgain(), 2 * sweeps, has(Sharing::cluster), has(Sharing::grid), !way.hasRiders);
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
                 const std::string &condition, const std::string &blocks, Emit emitBody, bool isNarrow = false) {
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
    isStatic |= isNarrow;
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

  /// A launch for groups that are held in shared memory; yields what it needs of that besides.
  int64_t emitHeld(kernel::KernelOp kernel, const Schedule &way) {
    declareHeldMemory(module);
    const bool isGrid = way.sharing == Sharing::grid;
    int64_t bytes = 0;
    addLaunch(kernel, isGrid ? "_grid" : "_held",
              isGrid ? "all sweeps, resident blocks for each group" : "all sweeps, a block or a cluster for each group",
              way.wholeThreads(), fmt::format("split.held == {}", isGrid ? 2 : 1), "split.held_grid",
              [&](const std::string &name, unsigned width) {
                RunsCode code(module, kernel, signature, way, name, width, way.wholeThreads());
                code.emitWhole();
                code.finish();
                bytes = code.sharedBytes();
              },
              /*isNarrow=*/true);
    Launch &launch = launches.launches.back();
    launch.isHeld = true;
    launch.shared = "split.held_shared";
    if (isGrid)
      launch.cooperative = "split.held_blocks > 1";
    else
      launch.cluster = "normc_most(split.held_blocks, 1)";
    return bytes;
  }

  void emit(kernel::KernelOp kernel, const Schedule &schedule, const Segments &segments, bool isHeldElsewhere) {
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
      emitSweeps<ColumnsCode>(kernel, schedule, segments, isHeldElsewhere);
    else
      emitSweeps<RunsCode>(kernel, schedule, segments, isHeldElsewhere);
    if (schedule.hasRiders)
      addLaunch(kernel, "_riders", "merges the sums that ride along", mergeThreads(1), "",
                fmt::format("normc_blocks(split.row_columns, {})", mergedGroups),
                sweepEmitter<GroupCode>(kernel, schedule, mergeThreads(1), [](GroupCode &code) { code.emitRiders(); }));
  }

  template <typename Code>
  void emitSweeps(kernel::KernelOp kernel, const Schedule &schedule, const Segments &segments, bool isHeldElsewhere) {
    const std::string notHeld = isHeldElsewhere ? "!split.held" : "";
    const std::string both = isHeldElsewhere ? "!split.held && " : "";
    addLaunch(kernel, "", "all sweeps, a block for each group or for several", schedule.wholeThreads(),
              schedule.hasStages ? both + "split.whole" : notHeld, "split.whole_blocks",
              sweepEmitter<Code>(kernel, schedule, schedule.wholeThreads(), [](Code &code) { code.emitWhole(); }));
    if (schedule.ridersIn == RiderSums::shared) {
      declareHeldMemory(module);
      launches.launches.back().shared = fmt::format("{}", schedule.riderBytes());
    }
    if (!schedule.hasStages)
      return;
    for (unsigned stage = 0; stage < segments.size(); ++stage) {
      const unsigned parts = stage > 0 ? Monoids(segments.sweeps()[stage - 1]).size() : 0;
      const int64_t threads = parts ? mergeThreads(parts) : groupThreads;
      if (parts || !segments.handedOn(stage).empty() || segments.hasStores(stage))
        addLaunch(kernel, fmt::format("_scalars{}", stage),
                  parts ? "merges what blocks have come to; the scalars of each group" : "the scalars of each group", threads,
                  both + "!split.whole", fmt::format("normc_blocks(split.groups, {})", parts ? mergedGroups : groupThreads),
                  sweepEmitter<GroupCode>(kernel, schedule, threads, [stage](GroupCode &code) { code.emitStage(stage); }));
      if (stage < segments.sweeps().size())
        addLaunch(kernel, fmt::format("_sweep{}", stage), fmt::format("sweep {}, several blocks a group", stage),
                  schedule.stageThreads(), both + "!split.whole", "normc_times(split.items, split.blocks)",
                  sweepEmitter<Code>(kernel, schedule, schedule.stageThreads(), [stage](Code &code) { code.emitStage(stage); }));
    }
  }

  kernel::PlanOp plan;
  gpu::GPUModuleOp module;
  cpp::Names &functions;
  DeviceModule &device;
  const Target &target;
  LaunchPlan launches;
  DenseMap<Value, int32_t> places;           ///< by tensor, among the buffers of the entry
  DenseMap<Value, std::string> names, identifiers;

  // Of the current kernel.
  int number = 0;
  size_t valuesTemporary = 0;
  Signature signature;
  SmallVector<int32_t> buffers;
  std::string base, comment;
};

} // namespace

FailureOr<DeviceModule> buildDeviceModule(ModuleOp source, const Target &target) {
  MLIRContext *context = source.getContext();
  context->loadDialect<gpu::GPUDialect, scf::SCFDialect, LLVM::LLVMDialect, NVVM::NVVMDialect, arith::ArithDialect>();
  DeviceModule device{source.getLoc(), ModuleOp::create(source.getLoc()), {}, {}};
  OwningOpRef<ModuleOp> prepared(source.clone());
  OpBuilder builder = OpBuilder::atBlockEnd(device.operations->getBody());
  auto module = builder.create<gpu::GPUModuleOp>(source.getLoc(), "normc");
  cpp::Names functions;
  for (auto plan : prepared->getOps<kernel::PlanOp>()) {
    runOnOneDevice(plan);
    device.plans[plan.getSymName().str()] = PlanLowering(plan, module, functions, device, target).run();
  }
  return device;
}

} // namespace normc::ptx
