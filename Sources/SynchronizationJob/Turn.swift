/// Lets one at a time in, in the order of coming: a cycle, or what must not happen during one. A caller with something urgent goes
/// before those who wait, and has the one who is in asked to leave.
actor Turn {
  private var isTaken = false
  private var askToLeave: (@Sendable () -> Void)?
  private var waiting: [CheckedContinuation<Void, Never>] = []
  private var urgent: [CheckedContinuation<Void, Never>] = []

  /// - Parameter askToLeave: Called when the holder had better come to an end.
  func enter(askToLeave: @escaping @Sendable () -> Void) async {
    if isTaken { await withCheckedContinuation { waiting.append($0) } }
    isTaken = true
    self.askToLeave = askToLeave
    // An urgent caller that came meanwhile found no holder to ask.
    if !urgent.isEmpty { askToLeave() }
  }

  func enterUrgently() async {
    if isTaken {
      askHolderToLeave()
      await withCheckedContinuation { urgent.append($0) }
    }
    isTaken = true
    askToLeave = nil
  }

  func askHolderToLeave() {
    askToLeave?()
  }

  func leave() {
    askToLeave = nil
    // It stays taken for the next one, so that no other slips in before.
    if !urgent.isEmpty {
      urgent.removeFirst().resume()
    } else if !waiting.isEmpty {
      waiting.removeFirst().resume()
    } else {
      isTaken = false
    }
  }
}
