/// What is done to a state when a job is restarted, all of it or nothing.
package struct StateReset: OptionSet, Hashable, Sendable {
  package let rawValue: Int

  package init(rawValue: Int) {
    self.rawValue = rawValue
  }

  package static let watermark = StateReset(rawValue: 1)
  package static let escrows = StateReset(rawValue: 2)
  /// Links of people and groups, and with them the watermark, so that the next cycle takes the links from listings.
  package static let links = StateReset(rawValue: 4)
}
