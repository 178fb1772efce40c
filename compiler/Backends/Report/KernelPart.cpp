//===- KernelPart.cpp - kernels and the bytes that they move ---------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Backends/Report/KernelPart.h"
#include "compiler/Backends/Cpp/KernelWriter.h"
#include "compiler/Backends/Report/Html.h"
#include "dialects/Kernel/Certificate.h"
#include "dialects/Kernel/Collective.h"

#include <fmt/format.h>

using namespace mlir;

namespace normc::report {

/// What extents that are not known are taken for where bytes are compared.
static constexpr int64_t sampleExtent = 1024;
/// Of the longest bar, in rem.
static constexpr double barWidth = 20;

namespace {

class PlanPart {
public:
  explicit PlanPart(kernel::PlanOp plan) : plan(plan), sample(plan.getSymbolCount(), sampleExtent) {
    plan.walk([&](kernel::LoadOp load) {
      names[load.getTensor()] = kernel::operandName(load.getTensor(), load->getParentOfType<kernel::KernelOp>());
    });
    for (auto kernel : plan.getBody().front().getOps<kernel::KernelOp>())
      for (Value tensor : kernel.getTensors())
        names[tensor] = kernel::operandName(tensor, kernel);
  }

  std::string html() {
    std::string part = line("h3", element("code", "@" + escaped(plan.getSymName())));
    const kernel::Traffic traffic = kernel::trafficOf(plan);
    part += line("p", fmt::format("A call reads {} bytes and writes {}; any that computes the same reads {} and writes "
                                  "{} at least.",
                                  bytes(traffic.read), bytes(traffic.written), bytes(traffic.minimumRead),
                                  bytes(traffic.minimumWritten)));
    for (Operation &op : plan.getBody().front().without_terminator())
      if (auto kernel = dyn_cast<kernel::KernelOp>(op))
        part += kernelHtml(kernel);
      else if (auto collective = dyn_cast<kernel::CollectiveOp>(op))
        part += line("p", "Then all devices exchange " + element("code", escaped(collective.getName())) + ".");
    return part;
  }

private:
  static std::string bytes(const kernel::Bytes &number) { return element("code", escaped(number.toString())); }

  std::string bar(const kernel::Bytes &number, bool isWritten) {
    const double rem = barWidth * double(number.evaluate(sample)) / std::max(longest, 1.0);
    return rem == 0
               ? ""
               : element("span", "",
                         fmt::format("class=\"bar{}\" style=\"width: {:.2f}rem\"", isWritten ? " written" : "", rem));
  }

  std::string kernelHtml(kernel::KernelOp kernel) {
    const kernel::Certificate certificate = kernel::certify(kernel);
    const auto sweeps = llvm::range_size(kernel.getBody().getOps<kernel::SweepOp>());
    const char *found = sweeps > 1 && kernel->hasAttr(kernel::residentAttr)
                            ? ", of which the later ones find in a core's own cache what the first one read"
                            : "";
    std::string part = line("p", fmt::format("Kernel {}: {} sweep{}{}.", element("code", escaped(kernel.getName())),
                                             sweeps, sweeps == 1 ? "" : "s", found));
    std::string formula;
    const std::string comment = cpp::formula(kernel, names);
    for (StringRef rest = comment; !rest.empty();) {
      auto [first, next] = rest.split('\n');
      first.consume_front("// ");
      formula += first.str() + "\n";
      rest = next;
    }
    part += line("pre", escaped(formula), "class=\"formula\"");
    longest = 0;
    for (const kernel::StreamedOperand &operand : certificate.streamed)
      longest = std::max({longest, double(operand.read.evaluate(sample)), double(operand.written.evaluate(sample))});
    Table table({"operand", "bytes read", "bytes written", ""});
    for (const kernel::StreamedOperand &operand : certificate.streamed) {
      std::string read = operand.read == kernel::Bytes() ? "" : bytes(operand.read);
      if (operand.sweeps > 1)
        read += fmt::format(" in {} sweeps", operand.sweeps);
      table.add({element("code", escaped(operand.name)), read,
                 operand.written == kernel::Bytes() ? "" : bytes(operand.written),
                 bar(operand.read, false) + bar(operand.written, true)});
    }
    for (const kernel::ReusedOperand &operand : certificate.reused)
      table.add({element("code", escaped(operand.name)),
                 fmt::format("{}, at most {} where no cache keeps it", bytes(operand.once), bytes(operand.bound)), "",
                 bar(operand.once, false)});
    table.add({"together", bytes(certificate.read()), bytes(certificate.written()), ""});
    table.add({"at least", bytes(certificate.minimumRead), bytes(certificate.minimumWritten), ""});
    return part + table.html();
  }

  kernel::PlanOp plan;
  DenseMap<Value, std::string> names;
  SmallVector<int64_t> sample;
  double longest = 0;
};

} // namespace

std::string kernelPart(ModuleOp module) {
  std::string part;
  bool hasSymbols = false;
  for (auto plan : module.getOps<kernel::PlanOp>()) {
    part += PlanPart(plan).html();
    hasSymbols |= plan.getSymbolCount() > 0;
  }
  std::string note = "Blue bars are bytes read, orange ones bytes written";
  note += hasSymbols ? fmt::format("; extents n0, n1, .. that a call brings are taken for {}.", sampleExtent) : ".";
  return line("h2", "Kernels, and the bytes that they move") + line("p", note) + part;
}

} // namespace normc::report
