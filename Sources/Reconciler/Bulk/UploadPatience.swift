import ProvisioningModel

/// How an import job is waited for: in growing pauses, and not for ever. Pure.
struct UploadPatience: Sendable {
  enum Step: Hashable, Sendable {
    case look(after: Duration)
    /// Ended, as the job itself says.
    case ended
    /// Whatever became of it: the listing tells, and the rest is made one by one.
    case giveUp
  }

  static let firstPause = Duration.seconds(1)
  static let longestPause = Duration.seconds(5)
  /// Without a row having been processed.
  static let standstill = Duration.seconds(300)
  static let inAll = Duration.seconds(3600)

  private let began: Timestamp
  private var moved: (processed: Int, at: Timestamp)
  private var pause = Self.firstPause

  init(began: Timestamp) {
    self.began = began
    moved = (0, began)
  }

  /// - Parameter progress: Nil when it could not be read this time.
  mutating func next(_ progress: UploadProgress?, at now: Timestamp) -> Step {
    if let progress {
      if progress.isEnded { return .ended }
      if progress.processed > moved.processed { moved = (progress.processed, now) }
    }
    guard now - moved.at < Self.standstill, now - began < Self.inAll else { return .giveUp }
    defer { pause = min(pause * 3 / 2, Self.longestPause) }
    return .look(after: pause)
  }
}
