import Foundation

/// What the process itself takes, under the names that Prometheus' own clients use.
struct ProcessMetrics: Hashable, Sendable {
  var residentBytes: Int
  var cpuSeconds: Double
  var openDescriptors: Int
  var maxDescriptors: Int
  var threads: Int
  /// Since 1970.
  var startSeconds: Double

  /// Of this process; nil where the system has no /proc.
  static func read() -> ProcessMetrics? {
    guard let stat = text("/proc/self/stat"), let boot = text("/proc/stat").flatMap(bootSeconds) else { return nil }
    return ProcessMetrics(
      stat: stat, bootSeconds: boot, ticksPerSecond: Double(sysconf(Int32(_SC_CLK_TCK))),
      pageBytes: sysconf(Int32(_SC_PAGESIZE)),
      openDescriptors: (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count) ?? 0,
      maxDescriptors: DescriptorLimit.current.map { Int(clamping: $0.rlim_cur) } ?? 0)
  }

  /// - Parameter stat: As `proc(5)` describes `/proc/[pid]/stat`.
  init?(
    stat: String, bootSeconds: Double, ticksPerSecond: Double, pageBytes: Int, openDescriptors: Int, maxDescriptors: Int
  ) {
    // The name of the program is in brackets and may have blanks and brackets itself.
    guard let end = stat.lastIndex(of: ")") else { return nil }
    let fields = stat[stat.index(after: end)...].split(separator: " ").map { Double($0) ?? 0 }
    // The first of them is the third of the file.
    func field(_ number: Int) -> Double { fields[number - 3] }
    guard fields.count > 24 - 3 else { return nil }
    self.openDescriptors = openDescriptors
    self.maxDescriptors = maxDescriptors
    cpuSeconds = (field(14) + field(15)) / ticksPerSecond
    threads = Int(field(20))
    startSeconds = bootSeconds + field(22) / ticksPerSecond
    residentBytes = Int(field(24)) * pageBytes
  }

  private static func bootSeconds(_ stat: String) -> Double? {
    stat.split(separator: "\n").first { $0.hasPrefix("btime ") }.flatMap { Double($0.dropFirst("btime ".count)) }
  }

  private static func text(_ path: String) -> String? {
    try? String(contentsOfFile: path, encoding: .utf8)
  }
}
