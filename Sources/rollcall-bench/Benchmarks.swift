/// `rollcall-bench [queue] [json] [expressions]`: how fast the parts are that are said to be fast, each with a ratio against something
/// known in the same run. Build with `-c release`.
@main
enum Benchmarks {
  static func main() async throws {
    let chosen = Set(CommandLine.arguments.dropFirst())
    func isChosen(_ name: String) -> Bool { chosen.isEmpty || chosen.contains(name) }
    if isChosen("queue") { await benchmarkWorkQueue() }
    if isChosen("json") { benchmarkJSON() }
    if isChosen("expressions") { try benchmarkExpressions() }
  }

  /// Runs `body` `runs` times and gives the shortest time in seconds.
  static func best(of runs: Int = 5, _ body: () async -> Void) async -> Double {
    var best = Double.infinity
    for _ in 0..<runs {
      let began = ContinuousClock.now
      await body()
      best = min(best, seconds(began.duration(to: .now)))
    }
    return best
  }

  static func best(of runs: Int = 5, _ body: () -> Void) -> Double {
    var best = Double.infinity
    for _ in 0..<runs {
      let began = ContinuousClock.now
      body()
      best = min(best, seconds(began.duration(to: .now)))
    }
    return best
  }

  static func rounded(_ number: Double, to digits: Int = 2) -> String {
    var scale = 1.0
    for _ in 0..<digits { scale *= 10 }
    return "\((number * scale).rounded() / scale)"
  }

  private static func seconds(_ duration: Duration) -> Double {
    let (seconds, attoseconds) = duration.components
    return Double(seconds) + Double(attoseconds) * 1e-18
  }
}
