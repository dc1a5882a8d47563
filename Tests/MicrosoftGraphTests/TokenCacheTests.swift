import ProvisioningModel
import Testing
@testable import MicrosoftGraph

@Suite("A token is renewed early, by one request, and never asked for in a flood")
struct TokenCacheTests {
  typealias Instant = SkippingClock.Instant

  private static let failure = Failure(.quarantine, .credentialValidation, "wrong secret", advice: "")

  private func at(_ seconds: Double) -> Instant { Instant(offset: .seconds(seconds)) }

  private func cache(lifetime: Double) -> TokenCache<Instant> {
    var cache = TokenCache<Instant>()
    _ = cache.ask(at: at(0))
    cache.renewed("one", lifetime: .seconds(lifetime), asked: at(0))
    return cache
  }

  @Test("The first caller asks, the others wait")
  func firstCallerAsks() {
    var cache = TokenCache<Instant>()
    #expect(cache.ask(at: at(0)) == .renew)
    #expect(cache.ask(at: at(0)) == .wait)
    #expect(!cache.hasToken(at: at(0)))
  }

  @Test(
    "Renewal begins five minutes before the end, or at half of a short life",
    arguments: [(3600.0, 3299.0, 3300.0), (3600, 0, 3594), (400, 199, 200), (60, 29, 30)])
  func renewsEarly(lifetime: Double, before: Double, after: Double) {
    var cache = cache(lifetime: lifetime)
    #expect(cache.ask(at: at(before)) == .use("one"))
    #expect(cache.ask(at: at(after)) == .useAndRenew("one"))
    #expect(cache.ask(at: at(after)) == .use("one"), "only one request is under way")
  }

  @Test("A token that has ended is not handed out")
  func endedToken() {
    var cache = cache(lifetime: 3600)
    #expect(cache.hasToken(at: at(3594)))
    #expect(!cache.hasToken(at: at(3596)))
    #expect(cache.ask(at: at(3596)) == .renew)
  }

  @Test("While the old token lasts, a failed renewal is tried again only after a pause")
  func failedRenewalPauses() {
    var cache = cache(lifetime: 3600)
    #expect(cache.ask(at: at(3400)) == .useAndRenew("one"))
    cache.failed(Self.failure, at: at(3401))
    #expect(cache.ask(at: at(3402)) == .use("one"))
    #expect(cache.ask(at: at(3404)) == .useAndRenew("one"))
  }

  @Test("Without a token, a failure is told to all callers for a moment, then one asks again")
  func failureIsShared() {
    var cache = TokenCache<Instant>()
    _ = cache.ask(at: at(0))
    cache.failed(Self.failure, at: at(1))
    #expect(cache.ask(at: at(2)) == .fail(Self.failure))
    #expect(cache.ask(at: at(4)) == .renew)
  }

  @Test("A connection test asks anew in spite of a token or of a failure")
  func freshToken() {
    var cache = cache(lifetime: 3600)
    #expect(cache.ask(at: at(1), fresh: true) == .renew)
    #expect(cache.ask(at: at(1)) == .use("one"))
    cache.failed(Self.failure, at: at(2))
    #expect(cache.ask(at: at(2), fresh: true) == .renew)
  }

  @Test("A refused token is forgotten, but not one that has come meanwhile")
  func drop() {
    var cache = cache(lifetime: 3600)
    cache.drop("an older one")
    #expect(cache.ask(at: at(1)) == .use("one"))
    cache.drop("one")
    #expect(cache.ask(at: at(1)) == .renew)
  }
}
