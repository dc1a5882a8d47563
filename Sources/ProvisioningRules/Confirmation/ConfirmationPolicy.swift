/// How far apart two looks have to begin that a negative conclusion takes (`protection.confirmation`). Zero takes one look.
package struct ConfirmationPolicy: Hashable, Sendable {
  /// Before a disable, a lost role or a lost membership: replicas of the directory lag for seconds.
  package var leave: Duration
  /// Before a delete that nothing positive supports.
  package var absence: Duration

  package init(leave: Duration = .seconds(10), absence: Duration = .seconds(1200)) {
    self.leave = leave
    self.absence = absence
  }
}
