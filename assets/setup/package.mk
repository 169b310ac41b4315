# make install (as root) puts Kirinuki below /usr/local, make user-install
# below ~/.local; uninstall and user-uninstall take it away again. Pictures,
# networks and settings in your home folder are left alone.

PREFIX ?= /usr/local
ID := app.kirinuki.desktop
files = $(1)/lib/kirinuki $(1)/bin/kirinuki $(1)/share/applications/$(ID).desktop $(1)/share/pixmaps/$(ID).png

default:
	@sed -n 's/^# \{0,1\}//p' Makefile | sed '/^$$/d'

install:
	install -d $(DESTDIR)$(PREFIX)/lib/kirinuki $(DESTDIR)$(PREFIX)/bin
	cp usr/local/lib/kirinuki/* $(DESTDIR)$(PREFIX)/lib/kirinuki/
	ln -sf ../lib/kirinuki/kirinuki $(DESTDIR)$(PREFIX)/bin/kirinuki
	install -Dm644 usr/local/share/applications/$(ID).desktop -t $(DESTDIR)$(PREFIX)/share/applications
	install -Dm644 usr/local/share/pixmaps/$(ID).png -t $(DESTDIR)$(PREFIX)/share/pixmaps
	sed -i 's,^Exec=kirinuki,Exec=$(PREFIX)/bin/kirinuki,; s,^Icon=.*,Icon=$(PREFIX)/share/pixmaps/$(ID).png,' $(DESTDIR)$(PREFIX)/share/applications/$(ID).desktop

uninstall:
	rm -rf $(call files,$(DESTDIR)$(PREFIX))

user-install:
	$(MAKE) install PREFIX=$(HOME)/.local DESTDIR=

user-uninstall:
	$(MAKE) uninstall PREFIX=$(HOME)/.local DESTDIR=
