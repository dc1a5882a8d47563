/// What is held back, and when everything pauses (docs/configuration.md, "Protection").
package struct ProtectionPolicy: Hashable, Sendable {
  package var removals: RemovalLimits
  package var quarantine: QuarantinePolicy

  package init(removals: RemovalLimits = .init(), quarantine: QuarantinePolicy = .init()) {
    self.removals = removals
    self.quarantine = quarantine
  }
}

/// How many people may be disabled or deleted within the window before a person is asked.
package struct RemovalLimits: Hashable, Sendable {
  package var count: Int
  /// Of the people who are managed; 0 to 100.
  package var percent: Double
  package var minimum: Int
  package var window: Duration

  package init(count: Int = 500, percent: Double = 20, minimum: Int = 25, window: Duration = .seconds(3600)) {
    self.count = count
    self.percent = percent
    self.minimum = minimum
    self.window = window
  }

  /// So many may be removed: whichever of number and share is passed first, but never fewer than the minimum.
  package func limit(managed: Int) -> Int {
    max(minimum, min(count, Int((Double(managed) * percent / 100).rounded(.down))))
  }
}

/// When a job pauses by itself, and how it finds out that it may go on.
package struct QuarantinePolicy: Hashable, Sendable {
  /// So many objects must have begun to fail within the window before their share is looked at.
  package var minimumFailures: Int
  /// Of all objects that were looked at within the window; 0 to 1.
  package var failureShare: Double
  package var window: Duration
  package var probeInitial: Duration
  package var probeMax: Duration
  /// A quarantine that lasts so long disables the job.
  package var disableAfter: Duration

  package init(
    minimumFailures: Int = 50, failureShare: Double = 0.4, window: Duration = .seconds(600),
    probeInitial: Duration = .seconds(30), probeMax: Duration = .seconds(600),
    disableAfter: Duration = .seconds(28 * 86_400)
  ) {
    self.minimumFailures = minimumFailures
    self.failureShare = failureShare
    self.window = window
    self.probeInitial = probeInitial
    self.probeMax = probeMax
    self.disableAfter = disableAfter
  }
}
