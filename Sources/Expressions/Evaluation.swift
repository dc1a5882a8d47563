#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// What one evaluation may cost.
package struct EvaluationLimits: Sendable, Hashable {
  /// Processor time: what else the machine does neither shortens nor lengthens an evaluation.
  package var time: Duration
  /// How many bytes of text its functions may make, all together. Far beyond any attribute.
  package var bytes: Int

  package init(time: Duration = .milliseconds(250), bytes: Int = 1_000_000) {
    self.time = time
    self.bytes = bytes
  }
}

/// One evaluation of an expression: what it reads, and what it may still spend. Every loop whose length depends on values counts its
/// steps here.
final class Evaluation {
  /// The clock is looked at after so many.
  private static let stepsBetweenLooks = 4096

  private let context: EvaluationContext
  private var steps = 0
  private var nextLook = stepsBetweenLooks
  private var began: Duration?
  private(set) var bytesLeft: Int

  init(_ context: EvaluationContext) {
    self.context = context
    bytesLeft = context.limits.bytes
  }

  var now: Int64 { context.now }
  var defaultDomain: String? { context.defaultDomain }
  func attributes(_ name: String) -> Value { context.attributes(name) }
  func isTaken(_ value: String) -> Bool { context.isTaken(value) }
  func random() -> UInt64 { context.random() }

  /// To be called before so many steps of work.
  /// - Throws: When the time is up.
  func step(_ count: Int = 1, in call: Call) throws(EvaluationError) {
    steps += count
    guard steps >= nextLook else { return }
    nextLook = steps + Self.stepsBetweenLooks
    guard timeLeft <= .zero else { return }
    throw call.failure(
      "\(call.function.name): the evaluation took longer than \(context.limits.time); shorten the values, or what is done with them",
      kind: .timeLimit)
  }

  /// - Throws: When the functions have made too much text.
  func make(_ value: Value, in call: Call) throws(EvaluationError) {
    let bytes: Int
    switch value {
    case .text(let text): bytes = text.utf8.count
    case .texts(let texts): bytes = texts.reduce(0) { $0 + $1.utf8.count + 1 }
    default: return
    }
    try step(bytes, in: call)
    bytesLeft -= bytes
    if bytesLeft < 0 { throw tooLong(call) }
  }

  func tooLong(_ call: Call) -> EvaluationError {
    call.failure("\(call.function.name): more than \(context.limits.bytes) bytes of text are made", kind: .tooLong)
  }

  /// From the first look at the clock on.
  var timeLeft: Duration {
    let now = ProcessorTime.now
    let began = began ?? now
    self.began = began
    return context.limits.time - (now - began)
  }
}

/// The processor time of this thread. It bounds work, and no result depends on it.
enum ProcessorTime {
  static var now: Duration {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
  }
}
