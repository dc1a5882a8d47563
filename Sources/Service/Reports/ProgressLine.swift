import ProvisioningModel
package import SynchronizationJob

/// How far a cycle is, in one line for a terminal.
package enum ProgressLine {
  private static let width = 30

  /// Such as `[#########.....................] 30/100, 2 failed, 10/s, 7 s left`.
  package static func text(_ progress: CycleProgress) -> String {
    guard let total = progress.total else {
      return "[\(String(repeating: ".", count: width))] reading the directory and xMatters"
    }
    let share = total == 0 ? 1 : min(1, Double(progress.completed) / Double(total))
    let filled = Int(share * Double(width))
    var parts = ["\(progress.completed)/\(total)"]
    if progress.failed > 0 { parts.append("\(progress.failed) failed") }
    if let rate = progress.rate { parts.append(rate < 10 ? "\((rate * 10).rounded() / 10)/s" : "\(Int(rate))/s") }
    if let remaining = progress.remaining { parts.append("\(describe(remaining)) left") }
    let bar = String(repeating: "#", count: filled) + String(repeating: ".", count: width - filled)
    return "[\(bar)] \(parts.joined(separator: ", "))"
  }

  private static func describe(_ duration: Duration) -> String {
    let seconds = (duration.milliseconds + 999) / 1000
    if seconds < 120 { return "\(seconds) s" }
    if seconds < 7200 { return "\((seconds + 30) / 60) min" }
    return "\(seconds / 3600) h \(seconds / 60 % 60) min"
  }
}
