package import ProvisioningModel

/// The language codes that this xMatters has refused. It has no call that lists the enabled ones, so a refusal is the only way to learn
/// (docs/configuration.md, "Sites, languages and time zones"). What was refused is kept in the state, so that no
/// further cycle and no further process sends the same once more.
package actor LanguageBook {
  /// After this a refused code is tried again: it may have been enabled.
  static let memory = Duration.seconds(7 * 86_400)
  private static let capacity = 500

  private let state: any LanguageState
  private let clock: any WallClock
  /// When each code was refused; nil before the state was read.
  private var refusals: [String: Timestamp]?

  package init(state: any LanguageState, clock: any WallClock) {
    self.state = state
    self.clock = clock
  }

  /// What to try, best first; nil is "without a language".
  /// - Throws: When the state cannot be read.
  package func candidates(for code: String) async throws(Failure) -> [String?] {
    var codes = [code]
    if let part = code.split(separator: "_").first, part.count < code.count {
      codes.append(String(part))
    }
    let refusals = try await known()
    let now = clock.now
    return codes.filter { code in refusals[code].map { $0.hasPassed(Self.memory, at: now) } ?? true } + [nil]
  }

  package func refuse(_ codes: [String]) async {
    let room = max(0, Self.capacity - (refusals?.count ?? 0))
    let new = Dictionary(codes.prefix(room).map { ($0, clock.now) }) { first, _ in first }
    guard !new.isEmpty else { return }
    refusals = (refusals ?? [:]).merging(new) { _, new in new }
    // The person is written by now. Should this be lost, a further process learns it by one more refusal.
    try? await state.refuse(languages: new)
  }

  /// Everything is to be tried again.
  package func forget() {
    refusals = nil
  }

  private func known() async throws(Failure) -> [String: Timestamp] {
    if let refusals { return refusals }
    let stored = try await state.refusedLanguages()
    // Others may have been refused meanwhile.
    let known = stored.merging(refusals ?? [:]) { max($0, $1) }
    refusals = known
    return known
  }
}
