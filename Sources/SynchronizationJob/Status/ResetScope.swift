package import ProvisioningModel

/// What a restart is to undo (Graph's `synchronizationJobRestartCriteria`; docs/reference/entra-provisioning.md, "Restart criteria").
package struct ResetScope: OptionSet, Hashable, Sendable {
  package let rawValue: Int

  package init(rawValue: Int) {
    self.rawValue = rawValue
  }

  /// Failures are forgotten and not tried again.
  package static let escrows = ResetScope(rawValue: 1)
  /// Everybody is evaluated again and compared with xMatters, not only what changed.
  package static let watermark = ResetScope(rawValue: 2)
  /// The quarantine is lifted for now.
  package static let quarantineState = ResetScope(rawValue: 4)
  /// Removals that the guard holds are carried out.
  package static let forceDeletes = ResetScope(rawValue: 8)
  /// Links are forgotten; they come back from the external keys in xMatters.
  package static let connectorDataStore = ResetScope(rawValue: 16)

  package static let full: ResetScope = [.escrows, .watermark, .quarantineState, .forceDeletes, .connectorDataStore]
  /// What Entra's own restart does when nothing is said.
  package static let standard: ResetScope = [.quarantineState, .watermark, .escrows]

  private static let values: [(name: String, scope: ResetScope)] = [
    ("Watermark", .watermark), ("Escrows", .escrows), ("QuarantineState", .quarantineState),
    ("ForceDeletes", .forceDeletes), ("ConnectorDataStore", .connectorDataStore), ("Full", .full), ("None", []),
  ]

  package static var names: [String] { values.map(\.name) }

  /// Reads names with commas between them, letter case and blanks aside. An empty text is the standard; nil for a name that there is not.
  package init?(_ text: String) {
    let names = text.split(separator: ",", omittingEmptySubsequences: false)
      .map { $0.lowercased().filter { !$0.isWhitespace } }
    if names == [""] {
      self = .standard
      return
    }
    self = []
    for name in names {
      guard let value = Self.values.first(where: { $0.name.lowercased() == name }) else { return nil }
      formUnion(value.scope)
    }
  }

  /// What of it concerns the state.
  package var state: StateReset {
    var reset: StateReset = []
    if contains(.watermark) { reset.insert(.watermark) }
    if contains(.escrows) { reset.insert(.escrows) }
    if contains(.connectorDataStore) { reset.formUnion([.links, .watermark]) }
    return reset
  }
}
