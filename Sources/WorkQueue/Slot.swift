/// What a `SlotSchedule` knows of one slot.
struct Slot: Sendable {
  enum Phase {
    case free, delayed, ready, processing
    /// Added while it is processed.
    case dirty
  }

  var phase = Phase.free
  var priority = QueuePriority.cycle
  /// For a dirty slot: how urgent the next run is.
  var againPriority = QueuePriority.cycle
  /// It has not been asked for since it failed.
  var isBackingOff = false
  var attempts: UInt32 = 0
  /// Tells entries of the ready and delayed lists that are out of date.
  var generation: UInt32 = 0
  /// When it may run; when it is processed, when it was taken.
  var time = Duration.zero
  var since = Duration.zero
  /// For a dirty slot: when it may run again, and since when that waits.
  var again = Duration.zero
  var againSince = Duration.zero
}
