import ProvisioningRules
import Reconciler
import SynchronizationJob
import Console
import ProvisioningModel
import Storage
import WorkQueue

// What the admin API asks.

extension RollcallService {
  /// Nil when no admin token is configured.
  func adminAPI(_ memory: MemoryBudget) -> AdminAPI? {
    guard let token = settings.listener.adminToken else { return nil }
    let identity = JobIdentity(settings)
    let uptime = Uptime(ContinuousClock())
    var keys = [
      AdminGate.Key(
        caller: Caller(role: .admin, name: "admin token"),
        token: assembly.guardedSecret(token, key: "listener.adminTokenFile"))
    ]
    if let readToken = settings.listener.readToken {
      keys.append(
        .init(
          caller: Caller(role: .reader, name: "read token"),
          token: assembly.guardedSecret(readToken, key: "listener.readTokenFile")))
    }
    let sessions = SessionBook(uptime: { uptime.now })
    let cookies = SessionCookie(isTLS: settings.listener.tls != nil, publicURL: settings.console.publicURL)
    let desk = SignInDesk(
      settings, provider: assembly.identityProvider, wall: assembly.clock, uptime: uptime, logger: logger)
    return AdminAPI(
      gate: AdminGate(
        keys: keys, sessions: sessions, cookies: cookies,
        failures: TokenFailures(uptime: { uptime.now }, sleep: { try? await Task.sleep(for: $0) }), logger: logger),
      page: ConsolePage(offersAccounts: desk != nil),
      signIn: desk.map { SignInResource(desk: $0, sessions: sessions, cookies: cookies) },
      job: JobResource(operations: jobOperations, identity: identity, logger: logger),
      provisioning: ProvisioningResource(state: state, identity: identity),
      connections: ConnectionsResource(state: state, logger: logger),
      escrows: EscrowsResource(state: state, tryAgain: { try await self.job.retryEscrows($0) }),
      removals: RemovalsResource(
        operations: .init(
          list: { self.job.openRemovals }, allow: { try await self.job.allow($0) },
          keep: { try await self.job.keep($0) }), logger: logger),
      orphans: OrphansResource(state: state, prefix: settings.policy.mapping.externalKeyPrefix),
      audit: AuditResource(state: state, clock: assembly.clock, logger: logger),
      people: PeopleResource(
        state: state, identity: identity,
        operations: .init(
          standing: { try? await self.job.scope.standing(of: $0) }, openRemovals: { self.job.openRemovals },
          compare: { try await self.job.compare($0) })),
      configuration: ConfigurationResource(values: settings.effective),
      statistics: StatisticsResource(state: state, clock: assembly.clock, freshness: freshness),
      bodies: BodyReader(maxBytes: min(AdminAPI.maxBodyBytes, settings.listener.maxBodyBytes), memory: memory),
      logger: logger)
  }

  private var jobOperations: JobOperations {
    JobOperations(
      overview: { try await self.overview() }, start: { try await self.job.start() },
      pause: { try await self.job.pause() }, restart: { try await self.job.restart($0) },
      provisionOnDemand: { try await self.provisionOnDemand(subjects: $0, dryRun: $1) },
      testConnection: { await CredentialTest(assembly: self.assembly).run() })
  }

  private func overview() async throws(Failure) -> JobOverview {
    JobOverview(
      status: job.status, progress: job.progress, quarantine: job.quarantine, heldRemovals: job.heldRemovals,
      orphans: try await state.orphanCount(since: .never).all,
      entryCounts: try await state.synchronizedEntryCounts(), queue: job.queue.statistics,
      subscriptions: try await state.subscriptions(), interval: settings.schedule.interval,
      heartbeat: assembly.clock.now + (.zero - lastBeat.duration(to: .now)),
      credentialExpiration: credential.expiration, silentSince: silence?.silentSince)
  }
}
