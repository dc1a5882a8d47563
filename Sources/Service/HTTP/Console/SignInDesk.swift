import Console
import JSON
import Logging
import MicrosoftGraph
import ProvisioningModel
import SynchronizationJob

/// Takes people in with their accounts of Entra ID. What anybody can make it do is bounded: a request to the provider needs a ticket, a
/// ticket is good for one, and there is a rate for all.
actor SignInDesk {
  /// Why a person is not let in, as the page is told.
  enum Problem: String, Error, Hashable, Sendable {
    /// The way in was begun too long ago, elsewhere, or is used up.
    case expired
    /// The provider or the user said no.
    case refused
    /// The provider's answer is not to be trusted, or did not come.
    case failed
    /// No app role of the account opens anything here.
    case noRole
    /// Too many at once.
    case busy
  }

  private static let maxUsed = 1000
  /// Unknown key ids make the keys be read again, so often at most.
  private static let keyInterval = Duration.seconds(60)
  private static let keyLife = Duration.seconds(86_400)
  private static let burst = 20.0
  private static let perSecond = 0.5

  nonisolated let settings: Settings.Console
  private let signIn: Settings.Console.SignIn
  private let clientID: String
  private let tenantID: String
  private let provider: IdentityProvider<ContinuousClock>
  private let wall: any WallClock
  private let uptime: Uptime
  private let logger: Logger

  private var description: IdentityProvider<ContinuousClock>.Description?
  private var keys: [String: SigningKey] = [:]
  private var keysRead: Duration?
  /// States that came back, with when they end by themselves.
  private var used: [String: Int64] = [:]
  private var tokens = burst
  private var refilled: Duration

  /// Nil unless people may sign in.
  init?(
    _ settings: Settings, provider: IdentityProvider<ContinuousClock>, wall: any WallClock, uptime: Uptime,
    logger: Logger
  ) {
    guard let signIn = settings.console.signIn else { return nil }
    self.settings = settings.console
    self.signIn = signIn
    clientID = settings.directory.clientID
    tenantID = settings.directory.tenantID
    self.provider = provider
    self.wall = wall
    self.uptime = uptime
    self.logger = logger
    refilled = uptime.now
  }

  private nonisolated var redirectURL: String { (settings.publicURL ?? "") + "/console/callback" }
  private nonisolated var now: Int64 { wall.now.milliseconds / 1000 }

  /// A new ticket, and where the browser is sent with it.
  nonisolated func begin() -> (ticket: SignInTicket, location: String) {
    let ticket = SignInTicket(now: now)
    return (
      ticket,
      provider.authorizationURL(
        redirectURL: redirectURL, state: ticket.state, nonce: ticket.nonce, challenge: ticket.challenge)
    )
  }

  /// - Parameters:
  ///   - ticket: Of the browser's cookie.
  ///   - state, code: Of the provider's answer.
  func finish(ticket: SignInTicket?, state: String?, code: String?) async throws(Problem) -> Session {
    guard let ticket, let state, ConstantTime.isEqual(state, ticket.state), ticket.isAlive(now: now), use(ticket) else {
      throw .expired
    }
    guard let code, !code.isEmpty else { throw .refused }
    guard takeTurn() else { throw .busy }
    let account = try await account(code, ticket)
    if account.roles.contains(signIn.operatorRole) {
      return Session(mayOrder: true, name: account.name, proof: .account)
    }
    if account.roles.contains(signIn.readerRole) {
      return Session(mayOrder: false, name: account.name, proof: .account)
    }
    logger.notice("A sign-in at the console was refused: no role.", metadata: ["objectId": "\(account.objectID)"])
    throw .noRole
  }

  private func account(_ code: String, _ ticket: SignInTicket) async throws(Problem) -> Account {
    do {
      let token = try IDToken(
        try await provider.redeem(code: code, verifier: ticket.verifier, redirectURL: redirectURL))
      let description = try await describe()
      guard let tenant = tenant(description) else { throw IDToken.Problem.issuer }
      let expected = IDToken.Expectation(
        issuer: description.issuer, audience: clientID, tenantID: tenant, nonce: ticket.nonce, now: now)
      return try token.account(try await key(token.keyID, description), expected)
    } catch let failure as Failure {
      logger.warning("A sign-in at the console failed: \(failure.reason)", metadata: failure.metadata)
      throw failure.remedy == .quarantine ? .refused : .failed
    } catch {
      logger.warning(
        "A sign-in at the console failed: the token is not to be trusted.", metadata: ["reason": "\(error)"])
      throw .failed
    }
  }

  /// The tenant's id: as configured, or, where that is a domain, as the provider's issuer says.
  private func tenant(_ description: IdentityProvider<ContinuousClock>.Description) -> String? {
    if ObjectID.isWellFormed(tenantID) { return tenantID }
    let parts = description.issuer.split(separator: "/").map(String.init)
    return parts.first { ObjectID.isWellFormed($0) }
  }

  // MARK: What the provider publishes

  private func describe() async throws(Failure) -> IdentityProvider<ContinuousClock>.Description {
    if let description { return description }
    let read = try await provider.describe()
    description = read
    return read
  }

  /// Keys are rotated: one that is not known makes them be read again.
  private func key(
    _ id: String, _ description: IdentityProvider<ContinuousClock>.Description
  ) async throws(Failure) -> SigningKey? {
    let age = keysRead.map { uptime.now - $0 }
    if let age, age < Self.keyLife, let key = keys[id] { return key }
    if let age, age < Self.keyInterval { return keys[id] }
    keysRead = uptime.now
    keys = SigningKey.all(in: try await provider.keys(description))
    return keys[id]
  }

  // MARK: Bounds

  /// - Returns: Whether the ticket is used for the first time.
  private func use(_ ticket: SignInTicket) -> Bool {
    guard used[ticket.state] == nil else { return false }
    used = used.filter { $0.value > now }
    while used.count >= Self.maxUsed, let first = used.min(by: { $0.value < $1.value })?.key { used[first] = nil }
    used[ticket.state] = ticket.issued + SignInTicket.lifetime
    return true
  }

  private func takeTurn() -> Bool {
    let now = uptime.now
    tokens = min(Self.burst, tokens + (now - refilled) / .seconds(1) * Self.perSecond)
    refilled = now
    guard tokens >= 1 else { return false }
    tokens -= 1
    return true
  }
}
